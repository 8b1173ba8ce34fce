import { describe, expect, it } from 'vitest'
import { BOTH, HOUR, itemsOf, LIMITS, NOW, newPrinter, openAt, openTemporary, sendAll } from './open-temporary.ts'

const reading = (n: number, more: object = {}) => ({ serial: 'S1', page_count: n, ...more })
const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

describe('recording', () => {
  it('gives each reading an id of its own, rising, whatever the item says', () => {
    const { journal } = openTemporary()
    journal.record({ readings: Array.from({ length: 500 }, (_, n) => reading(n, { reading_id: 'mine' })) }, NOW)
    const ids = itemsOf(journal.nextBatch(BOTH, LIMITS, NOW)).map((item) => item.reading_id)
    expect(new Set(ids).size).toBe(500)
    expect(ids).toEqual([...ids].sort())
    for (const id of ids) expect(id).toMatch(UUID_V7)
  })

  it('an occasion is kept whole or not at all', () => {
    const { journal } = openTemporary()
    const broken = {
      toJSON() {
        throw new TypeError('no JSON')
      },
    }
    expect(() =>
      journal.record({ printers: [newPrinter('a')], readings: [reading(1), broken], events: [{ action: 'x' }] }, NOW),
    ).toThrow(TypeError)
    expect(journal.listPrinters()).toEqual([])
    expect(journal.count(NOW)).toMatchObject({ queue_length: 0, events_waiting: 0, oldest_at: null })
  })

  it('keeps printers and snapshots, forgets the forgotten, and passes over what comes for them later', () => {
    const { journal, file } = openTemporary()
    const snapshot = (id: string) => ({ id, printer: { serial: id } as never, glance: { '1.3.6.1': '7' } })
    journal.record({ printers: [newPrinter('b'), newPrinter('a')], snapshots: [snapshot('a')] }, NOW)
    journal.record({ printers: [newPrinter('b', '10.0.0.9')] }, NOW)
    journal.close()
    const again = openAt(file)
    expect(again.listPrinters()).toEqual([
      { printer: newPrinter('b', '10.0.0.9'), snapshot: null },
      { printer: newPrinter('a'), snapshot: snapshot('a') },
    ])
    again.record({ forgotten: ['a'] }, NOW)
    again.record({ snapshots: [snapshot('a')] }, NOW)
    expect(again.listPrinters().map(({ printer }) => printer.id)).toEqual(['b'])
  })

  it('remembers over a restart, and forgets', () => {
    const { journal, file } = openTemporary()
    journal.remember('agent_token', 'secret')
    journal.remember('last_upload', 12)
    journal.remember('halted', 'token_revoked')
    journal.remember('halted', null)
    journal.close()
    const again = openAt(file)
    expect(again.recall('agent_token')).toBe('secret')
    expect(again.recall('last_upload')).toBe(12)
    expect(again.recall('halted')).toBeNull()
  })

  it('a device that waits is replaced by what the next discovery says of it, one on its way is not', () => {
    const { journal } = openTemporary()
    const device = (printer_id: string, n: number) => ({ printer_id, item: { serial: printer_id, n } })
    journal.record({ devices: [device('a', 1), device('b', 1)] }, NOW)
    journal.record({ devices: [device('a', 2)] }, NOW)
    const batch = journal.nextBatch(['devices'], LIMITS, NOW)
    expect(itemsOf(batch)).toEqual([
      { serial: 'b', n: 1 },
      { serial: 'a', n: 2 },
    ])
    journal.record({ devices: [device('a', 3)] }, NOW)
    expect(journal.nextBatch(['devices'], LIMITS, NOW)).toEqual(batch)
    if (batch) journal.acknowledge(batch, NOW)
    expect(sendAll(journal, 'n')).toEqual([3])
  })

  it('events are given an id, come in order, and go when they are acknowledged', () => {
    const { journal } = openTemporary()
    journal.record({ events: [{ action: 'one' }, { action: 'two' }, { action: 'three' }] }, NOW)
    const [one, two] = journal.nextEvents(2)
    expect([one?.action, two?.action]).toEqual(['one', 'two'])
    journal.acknowledgeEvents([two?.event_id as string, 'unknown'])
    const rest = journal.nextEvents(10)
    expect(rest.map((event) => event.action)).toEqual(['one', 'three'])
    expect(rest[0]).toEqual(one)
    expect(one?.event_id).toMatch(UUID_V7)
    expect(journal.count(NOW).events_waiting).toBe(2)
  })
})

describe('numbering', () => {
  it('counts without gaps over both kinds, oldest first', () => {
    const { journal } = openTemporary()
    journal.record({ readings: [reading(1)] }, NOW)
    journal.record({ devices: [{ printer_id: 'a', item: { serial: 'a' } }] }, NOW)
    journal.record({ readings: [reading(2)] }, NOW - HOUR)
    const batches = []
    for (;;) {
      const batch = journal.nextBatch(BOTH, LIMITS, NOW)
      if (batch === null) break
      batches.push([batch.seq, batch.kind, batch.items])
      journal.acknowledge(batch, NOW)
      expect(journal.last_acknowledged).toBe(batch.seq)
    }
    expect(batches).toEqual([
      [1, 'metrics', 2],
      [2, 'devices', 1],
    ])
    expect(journal.nextBatch(['devices'], LIMITS, NOW)).toBeNull()
  })

  it('composes the same bytes again, at another time and after a restart', () => {
    const { journal, file } = openTemporary()
    journal.record({ readings: [reading(1, { name: 'Büro \u0000 \ud800 "x"' }), reading(2)] }, NOW)
    const batch = journal.nextBatch(BOTH, { items: 1, bytes: 1000 }, NOW + 5)
    journal.record({ readings: [reading(3)] }, NOW)
    expect(journal.nextBatch(['devices'], LIMITS, NOW + HOUR)).toEqual(batch)
    journal.close()
    const again = openAt(file)
    expect(again.nextBatch(BOTH, LIMITS, NOW + 2 * HOUR)).toEqual(batch)
    const body = JSON.parse(batch?.body as string)
    expect(Object.keys(body)).toEqual(['journal_id', 'seq', 'timestamp', 'metrics'])
    expect(body).toMatchObject({ journal_id: again.journal_id, seq: 1, timestamp: '2026-03-01T08:00:00.005Z' })
    expect(body.metrics).toMatchObject([{ name: 'Büro \u0000 \ud800 "x"', page_count: 1 }])
  })

  it('keeps to both limits; one item alone may be larger', () => {
    const { journal } = openTemporary()
    journal.record({ readings: Array.from({ length: 7 }, (_, n) => reading(n, { text: 'ü'.repeat(500) })) }, NOW)
    const limits = { items: 5, bytes: 2600 }
    const sizes: number[] = []
    for (let batch = journal.nextBatch(BOTH, limits, NOW); batch; batch = journal.nextBatch(BOTH, limits, NOW)) {
      expect(Buffer.byteLength(batch.body)).toBeLessThanOrEqual(limits.bytes)
      sizes.push(batch.items)
      journal.acknowledge(batch, NOW)
    }
    expect(sizes).toEqual([2, 2, 2, 1])
    journal.record({ readings: [reading(1, { text: 'x'.repeat(5000) }), reading(2)] }, NOW)
    expect(journal.nextBatch(BOTH, limits, NOW)?.items).toBe(1)
  })

  it('what is dissolved is numbered again under the same number, and an old answer to it counts for nothing', () => {
    const { journal } = openTemporary()
    journal.record({ readings: [reading(1), reading(2), reading(3)] }, NOW)
    const large = journal.nextBatch(BOTH, LIMITS, NOW)
    if (large === null) throw new Error('nothing to send')
    journal.dissolve(large)
    const small = journal.nextBatch(BOTH, { ...LIMITS, items: 2 }, NOW)
    expect(small).toMatchObject({ seq: 1, items: 2 })
    journal.acknowledge(large, NOW)
    journal.dissolve(large)
    expect(journal.quarantine(large, [{ index: 0, reason: 'late' }], NOW)).toBe(0)
    expect(journal.last_acknowledged).toBe(0)
    expect(journal.nextBatch(BOTH, LIMITS, NOW)).toEqual(small)
    if (small) {
      journal.acknowledge(small, NOW)
      journal.acknowledge(small, NOW)
    }
    expect(journal.last_acknowledged).toBe(1)
    expect(journal.count(NOW).queue_length).toBe(1)
  })

  it('counts what the server does not hold, on its way or not', () => {
    const { journal } = openTemporary()
    journal.record({ readings: [reading(1), reading(2)] }, NOW)
    journal.record({ readings: [reading(3)], devices: [{ printer_id: 'a', item: {} }] }, NOW + HOUR)
    expect(journal.count(NOW)).toMatchObject({ queue_length: 4, oldest_at: NOW })
    const batch = journal.nextBatch(BOTH, { ...LIMITS, items: 2 }, NOW)
    expect(journal.count(NOW)).toMatchObject({ queue_length: 4, oldest_at: NOW })
    if (batch) journal.acknowledge(batch, NOW)
    expect(journal.count(NOW)).toMatchObject({ queue_length: 2, oldest_at: NOW + HOUR })
  })
})

describe('quarantine', () => {
  it('puts the named items aside with the reason, and the rest goes under the same number', () => {
    const { journal, file } = openTemporary()
    journal.record({ readings: [reading(1), reading(2), reading(3), reading(4)] }, NOW)
    const batch = journal.nextBatch(BOTH, LIMITS, NOW)
    if (batch === null) throw new Error('nothing to send')
    const bad = itemsOf(batch)
    const named = [
      { index: 1, reason: 'page_count: no' },
      { index: 3, reason: 'long '.repeat(1000) },
      { index: 4, reason: 'is not there' },
      { index: -1, reason: 'nor this' },
    ]
    expect(journal.quarantine(batch, named, NOW)).toBe(2)
    journal.close()
    const again = openAt(file)
    expect(again.listQuarantined(10)).toEqual([
      {
        kind: 'metrics',
        reading_id: bad[3]?.reading_id,
        reason: expect.any(String),
        quarantined_at: NOW,
        item: bad[3],
      },
      { kind: 'metrics', reading_id: bad[1]?.reading_id, reason: 'page_count: no', quarantined_at: NOW, item: bad[1] },
    ])
    expect(again.listQuarantined(1)[0]?.reason.length).toBe(2000)
    expect(again.count(NOW)).toMatchObject({ quarantined: 2, queue_length: 2 })
    const rest = again.nextBatch(BOTH, LIMITS, NOW)
    expect(rest?.seq).toBe(1)
    expect(itemsOf(rest).map((item) => item.page_count)).toEqual([1, 3])
  })

  it('may take all of a batch', () => {
    const { journal } = openTemporary()
    journal.record({ readings: [reading(1), reading(2)] }, NOW)
    const batch = journal.nextBatch(BOTH, LIMITS, NOW)
    if (batch === null) throw new Error('nothing to send')
    const all = [0, 1].map((index) => ({ index, reason: 'no' }))
    expect(journal.quarantine(batch, all, NOW)).toBe(2)
    expect(journal.nextBatch(BOTH, LIMITS, NOW)).toBeNull()
    journal.record({ readings: [reading(3)] }, NOW)
    expect(journal.nextBatch(BOTH, LIMITS, NOW)?.seq).toBe(1)
  })
})

describe('renumbering', () => {
  /** Six readings, five of them acknowledged in a batch of their own, the sixth on its way. */
  function openWithSix() {
    const opened = openTemporary()
    const { journal } = opened
    journal.record({ readings: [1, 2, 3, 4, 5, 6].map((n) => reading(n)) }, NOW)
    sendSome(journal, 5)
    return { ...opened, flying: journal.nextBatch(BOTH, { ...LIMITS, items: 1 }, NOW) }
  }
  function sendSome(journal: ReturnType<typeof openTemporary>['journal'], batches: number) {
    for (let i = 0; i < batches; i += 1) {
      const batch = journal.nextBatch(BOTH, { ...LIMITS, items: 1 }, NOW)
      if (batch) journal.acknowledge(batch, NOW)
    }
  }

  it('takes a new id, numbers from 1, and sends again what is behind last_seq', () => {
    const { journal, file, flying } = openWithSix()
    const before = journal.journal_id
    expect(journal.renumber({ journal_id: before.toUpperCase(), last_seq: 3 }, NOW)).toEqual({ resent: 2 })
    expect(journal.journal_id).not.toBe(before)
    expect(journal.last_acknowledged).toBe(0)
    if (flying) journal.acknowledge(flying, NOW)
    expect(journal.last_acknowledged).toBe(0)
    const id = journal.journal_id
    journal.close()
    const again = openAt(file)
    expect(again.journal_id).toBe(id)
    const batch = again.nextBatch(BOTH, LIMITS, NOW)
    expect(batch).toMatchObject({ journal_id: id, seq: 1 })
    expect(itemsOf(batch).map((item) => item.page_count)).toEqual([4, 5, 6])
  })

  it('all again where nothing is held, or a journal that was never ours', () => {
    for (const held of [null, { journal_id: 'of somebody else', last_seq: 99 }]) {
      const { journal } = openWithSix()
      expect(journal.renumber(held, NOW)).toEqual({ resent: 5 })
      expect(sendAll(journal, 'page_count')).toEqual([1, 2, 3, 4, 5, 6])
    }
  })

  it('keeps the ids of the readings', () => {
    const { journal } = openTemporary()
    journal.record({ readings: [reading(1), reading(2)] }, NOW)
    const ids = sendAll(journal, 'reading_id')
    journal.renumber(null, NOW)
    expect(sendAll(journal, 'reading_id')).toEqual(ids)
  })

  it('an older journal of ours: what came after it is sent again, what came before stays', () => {
    const { journal } = openWithSix()
    const first = journal.journal_id
    journal.renumber({ journal_id: first, last_seq: 2 }, NOW)
    sendSome(journal, 2)
    const second = journal.journal_id
    journal.renumber({ journal_id: second, last_seq: 2 }, NOW)
    sendSome(journal, 2)
    // first: 1 2, second: 3 4, third: 5 6
    expect(journal.renumber({ journal_id: second, last_seq: 1 }, NOW)).toEqual({ resent: 3 })
    expect(sendAll(journal, 'page_count')).toEqual([4, 5, 6])
    expect(journal.renumber({ journal_id: second, last_seq: 0 }, NOW)).toEqual({ resent: 4 })
    expect(journal.renumber({ journal_id: first, last_seq: 1 }, NOW)).toEqual({ resent: 1 })
    expect(sendAll(journal, 'page_count')).toEqual([2, 3, 4, 5, 6])
  })

  it('where the server holds all of it, only what was on its way goes again', () => {
    const { journal } = openWithSix()
    expect(journal.renumber({ journal_id: journal.journal_id, last_seq: 5 }, NOW)).toEqual({ resent: 0 })
    expect(sendAll(journal, 'page_count')).toEqual([6])
  })
})
