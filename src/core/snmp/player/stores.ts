import type { SnmpValue } from '../value.ts'
import type { AlertKind } from './alert-board.ts'
import type { LiveObjects } from './objects.ts'
import type { Random } from './random.ts'

/** RFC 3805: prtMarkerSuppliesTable and prtInputTable. */
const SUPPLY = '1.3.6.1.2.1.43.11.1.1'
const SUPPLY_TYPE = `${SUPPLY}.5`
const SUPPLY_CAPACITY = `${SUPPLY}.8`
const SUPPLY_LEVEL = `${SUPPLY}.9`
const INPUT = '1.3.6.1.2.1.43.8.2.1'
const INPUT_CAPACITY = `${INPUT}.9`
const INPUT_LEVEL = `${INPUT}.10`

/** "Some is left" and nothing nearer (RFC 3805, prtMarkerSuppliesLevel). */
const SOME = -3
const LOW_SHARE = 0.1

/** PrtMarkerSuppliesTypeTC: what is used up with each page, and for how many pages a full one is good. */
const YIELDS: Record<number, { kind: StoreKind; least: number; most: number }> = {
  3: { kind: 'toner', least: 1500, most: 6000 },
  5: { kind: 'ink', least: 800, most: 3000 },
  6: { kind: 'ink', least: 800, most: 3000 },
  21: { kind: 'toner', least: 1500, most: 6000 },
  4: { kind: 'waste', least: 12_000, most: 25_000 },
  8: { kind: 'waste', least: 12_000, most: 25_000 },
  9: { kind: 'part', least: 12_000, most: 40_000 },
  15: { kind: 'part', least: 60_000, most: 150_000 },
  20: { kind: 'part', least: 60_000, most: 150_000 },
}
const SHEETS_BEHIND_SOME = { least: 50, most: 500 }

export type StoreKind = 'toner' | 'ink' | 'waste' | 'part' | 'paper'

const ALERTS: Record<StoreKind, { low: AlertKind; empty: AlertKind }> = {
  toner: { low: 'toner-low', empty: 'toner-empty' },
  ink: { low: 'ink-low', empty: 'ink-empty' },
  waste: { low: 'waste-nearly-full', empty: 'waste-full' },
  part: { low: 'part-nearly-over', empty: 'part-over' },
  paper: { low: 'paper-low', empty: 'tray-empty' },
}

/** Something that empties as pages are printed; a waste box too, which counts the room that is left. */
export class Store {
  readonly kind: StoreKind
  /** Of its level. */
  readonly oid: string
  /** Of its row. */
  readonly index: number
  /** The simulated minute in which it will be filled, once it is empty. */
  refillAt: number | undefined
  private readonly isVague: boolean
  private readonly capacity: number
  private readonly perPage: number
  private level: number

  constructor(options: {
    kind: StoreKind
    oid: string
    index: number
    isVague: boolean
    capacity: number
    level: number
    pages: number
  }) {
    this.kind = options.kind
    this.oid = options.oid
    this.index = options.index
    this.isVague = options.isVague
    this.capacity = options.capacity
    this.level = options.level
    this.perPage = options.capacity / options.pages
  }

  get alerts(): { low: AlertKind; empty: AlertKind } {
    return ALERTS[this.kind]
  }

  get isEmpty(): boolean {
    return this.level <= 0
  }

  get isLow(): boolean {
    return this.level < this.capacity * LOW_SHARE
  }

  use(pages: number): void {
    this.level = Math.max(0, this.level - pages * this.perPage)
  }

  fill(): void {
    this.level = this.capacity
    this.refillAt = undefined
  }

  /** A device that only says "some" keeps doing so until nothing is left. */
  show(objects: LiveObjects): void {
    const value = this.isEmpty ? 0 : this.isVague ? SOME : Math.ceil(this.level)
    objects.set(this.oid, { type: 'integer', value })
  }
}

/** The supplies and trays of a recording whose levels can move. */
export function findStores(objects: LiveObjects, random: Random): Store[] {
  const stores: Store[] = []
  const between = ({ least, most }: { least: number; most: number }) => least + Math.floor(random() * (most - least))
  for (const oid of objects.below(SUPPLY_LEVEL)) {
    const row = oid.slice(SUPPLY_LEVEL.length + 1)
    const type = numberOf(objects.get(`${SUPPLY_TYPE}.${row}`))
    const yields = type === undefined ? undefined : YIELDS[type]
    if (yields) addStore(stores, objects, oid, yields.kind, `${SUPPLY_CAPACITY}.${row}`, between(yields))
  }
  for (const oid of objects.below(INPUT_LEVEL)) {
    const row = oid.slice(INPUT_LEVEL.length + 1)
    addStore(stores, objects, oid, 'paper', `${INPUT_CAPACITY}.${row}`, between(SHEETS_BEHIND_SOME))
  }
  return stores
}

function addStore(
  stores: Store[],
  objects: LiveObjects,
  oid: string,
  kind: StoreKind,
  capacityOid: string,
  pages: number,
) {
  const level = numberOf(objects.get(oid))
  const capacity = numberOf(objects.get(capacityOid))
  if (level === undefined) return
  const index = Number(oid.slice(oid.lastIndexOf('.') + 1))
  if (level === SOME) stores.push(new Store({ kind, oid, index, isVague: true, capacity: pages, level: pages, pages }))
  else if (level >= 0 && capacity !== undefined && capacity > 0) {
    // A tray's capacity is sheets, and a page takes one.
    const good = kind === 'paper' ? capacity : pages
    stores.push(
      new Store({ kind, oid, index, isVague: false, capacity, level: Math.min(level, capacity), pages: good }),
    )
  }
}

function numberOf(value: SnmpValue | undefined): number | undefined {
  return value && 'value' in value && typeof value.value === 'number' ? value.value : undefined
}
