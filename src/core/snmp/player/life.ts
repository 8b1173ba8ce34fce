import { AlertBoard } from './alert-board.ts'
import type { LiveObjects } from './objects.ts'
import { createRandom, type Random } from './random.ts'
import { findStores, type Store } from './stores.ts'
import { findTraits } from './traits.ts'

/** The clock of a played life: so many simulated minutes go by one after another. */
const MINUTE_MS = 60_000
/** Five months at once; a device that nobody asked for longer slept the rest. */
const MAX_MINUTES_AT_ONCE = 220_000
const MAX_PAGES_PER_MINUTE = 25
const JAMS_PER_PAGE = 1 / 1500
const MARKER_COUNTS = ['1.3.6.1.2.1.43.10.2.1.4', '1.3.6.1.2.1.43.10.2.1.5']

/** How busy an office is, and how soon somebody comes by; in simulated minutes. */
export interface Habits {
  readonly jobs_per_minute: number
  readonly jam_minutes: { readonly least: number; readonly most: number }
  /** From empty to filled. */
  readonly refill_minutes: { readonly least: number; readonly most: number }
}

const OFFICE_HABITS: Habits = {
  jobs_per_minute: 0.03,
  jam_minutes: { least: 3, most: 20 },
  refill_minutes: { least: 20, most: 240 },
}

/**
 * A printer's days in accelerated time: it prints, its counters rise, toner and paper run out and are filled again,
 * paper jams. The same seed and the same clock give the same life, however often the device is asked.
 */
export class DeviceLife {
  private readonly now: () => number
  private readonly speed: number
  private readonly habits: Habits
  private readonly random: Random
  private readonly objects: LiveObjects
  private readonly counters: readonly string[]
  private readonly stores: readonly Store[]
  private readonly board: AlertBoard
  private readonly started: number
  private minute = 0
  private pagesWaiting = 0
  private jammedUntil = 0

  /** @param options.speed simulated time over time of the clock: 3600 is an hour a second */
  constructor(options: { objects: LiveObjects; speed: number; seed: number; now: () => number; habits?: Habits }) {
    this.now = options.now
    this.habits = options.habits ?? OFFICE_HABITS
    this.speed = options.speed
    this.objects = options.objects
    this.random = createRandom(options.seed)
    this.started = options.now()
    const { pageCountOids } = findTraits(options.objects.recording)
    this.counters = [...new Set([...pageCountOids, ...MARKER_COUNTS.flatMap((column) => this.objects.below(column))])]
    this.stores = findStores(this.objects, this.random)
    this.board = new AlertBoard(this.objects, () => (this.minute * MINUTE_MS) / this.speed)
  }

  /** Catches up with the clock. */
  advance(): void {
    const due = Math.floor(((this.now() - this.started) * this.speed) / MINUTE_MS)
    if (due <= this.minute) return
    if (due - this.minute > MAX_MINUTES_AT_ONCE) this.minute = due - MAX_MINUTES_AT_ONCE
    while (this.minute < due) this.live()
    for (const store of this.stores) store.show(this.objects)
    this.board.show()
  }

  private live(): void {
    this.minute++
    if (this.random() < this.habits.jobs_per_minute) this.pagesWaiting += 1 + Math.floor(this.random() ** 3 * 60)
    this.refill()
    if (this.jammedUntil > 0 && this.minute >= this.jammedUntil) {
      this.jammedUntil = 0
      this.board.clear('jam')
    }
    const pages = this.isStopped() ? 0 : Math.min(this.pagesWaiting, MAX_PAGES_PER_MINUTE)
    this.board.setPrinting(pages > 0)
    if (pages > 0) this.print(pages)
  }

  private print(pages: number): void {
    this.pagesWaiting -= pages
    for (const oid of this.counters) this.count(oid, pages)
    const tray = this.stores.find((store) => store.kind === 'paper' && !store.isEmpty)
    for (const store of this.stores) if (store.kind !== 'paper' || store === tray) store.use(pages)
    if (this.random() < pages * JAMS_PER_PAGE) {
      this.jammedUntil = this.minute + this.between(this.habits.jam_minutes)
      this.board.raise('jam', 'jam', 1)
    }
  }

  private count(oid: string, pages: number): void {
    const value = this.objects.get(oid)
    if (value?.type === 'counter32' || value?.type === 'gauge32') {
      this.objects.set(oid, { type: value.type, value: (value.value + pages) % 0x1_0000_0000 })
    } else if (value?.type === 'integer' && value.value >= 0) {
      this.objects.set(oid, { type: 'integer', value: (value.value + pages) % 0x8000_0000 })
    }
  }

  /** Someone comes by some time after a store ran out. */
  private refill(): void {
    for (const store of this.stores) {
      if (store.isEmpty) {
        if (store.refillAt === undefined) {
          store.refillAt = this.minute + this.between(this.habits.refill_minutes)
          this.board.clear(`low ${store.oid}`)
          this.board.raise(`empty ${store.oid}`, store.alerts.empty, store.index)
        } else if (this.minute >= store.refillAt) {
          store.fill()
          this.board.clear(`empty ${store.oid}`)
        }
      } else if (store.isLow) this.board.raise(`low ${store.oid}`, store.alerts.low, store.index)
    }
    if (this.isOutOfPaper()) this.board.raise('out of paper', 'paper-empty', 1)
    else this.board.clear('out of paper')
  }

  private isOutOfPaper(): boolean {
    const trays = this.stores.filter(({ kind }) => kind === 'paper')
    return trays.length > 0 && trays.every(({ isEmpty }) => isEmpty)
  }

  /** No page comes out while paper is jammed, all trays are empty, or a supply is used up. */
  private isStopped(): boolean {
    if (this.jammedUntil > 0 || this.isOutOfPaper()) return true
    return this.stores.some(({ kind, isEmpty }) => kind !== 'paper' && isEmpty)
  }

  private between({ least, most }: Habits['jam_minutes']): number {
    return least + Math.floor(this.random() * (most - least + 1))
  }
}
