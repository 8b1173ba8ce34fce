import type { SnmpValue } from '../value.ts'
import { type LiveObjects, type Objects, positionBehind } from './objects.ts'

/** Walks over `objects` that get stuck, as those of some agents do: a reader must notice that OIDs no longer rise. */
export class StuckObjects implements Objects {
  private readonly objects: LiveObjects
  private readonly how: 'backwards' | 'circle'
  private readonly every: number

  /** `every`: at each so-many-th object of the device the walk goes wrong. */
  constructor(objects: LiveObjects, how: 'backwards' | 'circle', every: number) {
    this.objects = objects
    this.how = how
    this.every = every
  }

  get(oid: string): SnmpValue | undefined {
    return this.objects.get(oid)
  }

  next(oid: string): string | undefined {
    const { oids } = this.objects
    const position = positionBehind(oids, oid)
    if (this.how === 'circle' && position === oids.length) return oids[0]
    const isStuck = position % this.every === 0 && position > 0 && oids[position - 1] === oid
    if (!isStuck) return oids[position]
    return this.how === 'circle' ? oid : oids[position - Math.ceil(this.every / 2) - 1]
  }
}
