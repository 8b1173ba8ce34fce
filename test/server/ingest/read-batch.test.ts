import fc from 'fast-check'
import { v7 } from 'uuid'
import { describe, expect, it } from 'vitest'
import { ApiError } from '../../../src/core/protocol/api-error.ts'
import { readBatch } from '../../../src/core/server/ingest/read-batch.ts'
import { readUpload } from '../../../src/core/server/ingest/read-upload.ts'
import type { Upload } from '../../../src/core/server/ingest/upload.ts'
import type { CheckedBatch } from '../../../src/core/store/store.ts'
import { makeDevice, makeReading } from '../made-up-readings.ts'

const origin = { agent_id: 'agent-001', received_at: 1_760_000_000_000, clock_offset_ms: null, ip_address: '127.0.0.1' }
const check = (kind: 'devices' | 'metrics', body: unknown) =>
  readBatch(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)), { ...origin, kind })
const refusal = (kind: 'devices' | 'metrics', body: unknown): ApiError => {
  try {
    check(kind, body)
  } catch (error) {
    if (error instanceof ApiError) return error
    throw error
  }
  throw new Error('it was taken')
}

describe('readBatch', () => {
  it('gives the items as they were sent, null and unknown keys included', () => {
    const reading: Record<string, unknown> = {
      ...makeReading(1, 1),
      page_count: null,
      future_key: { deep: [1, null] },
      status: 'cleaning_heads',
    }
    const batch = check('metrics', { agent_id: 'agent-001', metrics: [reading] })
    expect(batch.items).toEqual([reading])
    expect(batch).toMatchObject({ journal_id: null, seq: null, batch_time: null, kind: 'metrics' })
    expect(batch.content_hash).toHaveLength(32)
  })

  it('reads key and time of the batch', () => {
    const journal_id = v7()
    const batch = check('devices', {
      journal_id: journal_id.toUpperCase(),
      seq: 7,
      timestamp: '2025-11-03T18:00:00.5+01:00',
      devices: [makeDevice(1, 1)],
    })
    expect(batch).toMatchObject({ journal_id, seq: 7, batch_time: Date.parse('2025-11-03T17:00:00.500Z') })
  })

  it('keeps keys of the envelope that no schema names, and refuses more of them than an item may have', () => {
    const body = (more: string) => `{"metrics": [], "timestamp": null, ${more}}`
    expect(check('metrics', body('"agent_id": "agent-001"')).other).toBeNull()
    const more = '"devices": [1], "__proto__": {"a": null}, "token": "secret"'
    expect(check('metrics', body(more)).other).toBe('{"devices":[1],"__proto__":{"a":null},"token":"(hidden)"}')
    const note = (length: number) => body(`"note": "${'x'.repeat(length - '{"note":""}'.length)}"`)
    expect(check('metrics', note(262_144)).other).toHaveLength(262_144)
    for (const refused of [note(262_145), body(`"deep": ${'['.repeat(500)}${']'.repeat(500)}`)]) {
      expect(refusal('metrics', refused).code).toBe('invalid_body')
    }
  })

  it('has the same hash for the same bytes only', () => {
    const body = JSON.stringify({ metrics: [makeReading(1, 1, v7())] })
    expect(check('metrics', body).content_hash).toEqual(check('metrics', body).content_hash)
    expect(check('metrics', `${body} `).content_hash).not.toEqual(check('metrics', body).content_hash)
  })

  it.each([
    ['', 'invalid_json'],
    ['{', 'invalid_json'],
    ['[]', 'invalid_body'],
    ['null', 'invalid_body'],
    ['{}', 'invalid_body'],
    ['{"metrics":{}}', 'invalid_body'],
    ['{"metrics":[],"seq":1}', 'invalid_body'],
    ['{"metrics":[],"seq":"1","journal_id":"x"}', 'invalid_body'],
    ['{"metrics":[],"agent_id":"agent-002"}', 'agent_mismatch'],
    ['{"metrics":[],"agent_id":null}', 'invalid_body'],
  ])('refuses %s as %s', (body, code) => {
    expect(refusal('metrics', body).code).toBe(code)
  })

  it('says where JSON breaks, and nothing of its content', () => {
    expect(refusal('metrics', '{"token":"hush" oops').message).not.toContain('hush')
  })

  it('refuses bytes that are no UTF-8', () => {
    const body = Buffer.from('{"metrics":[{"serial":"caf\u00e9"}]}', 'latin1')
    expect(() => readBatch(body, { ...origin, kind: 'metrics' })).toThrow(
      expect.objectContaining({ code: 'invalid_json' }),
    )
  })

  it('counts items', () => {
    const many = (n: number) => Array.from({ length: n }, () => ({ serial: 'x' }))
    expect(refusal('devices', { devices: many(1001) })).toMatchObject({
      code: 'too_many_items',
      details: { limit: 1000 },
    })
    expect(refusal('metrics', { metrics: many(5001) })).toMatchObject({
      code: 'too_many_items',
      details: { limit: 5000 },
    })
    expect(check('devices', { devices: many(1000) }).items).toHaveLength(1000)
  })

  it.each([
    [{ page_count: true }, '/page_count'],
    [{ page_count: '5' }, '/page_count'],
    [{ page_count: -1 }, '/page_count'],
    [{ page_count: 1.5 }, '/page_count'],
    [{ page_count: 1e300 }, '/page_count'],
    [{ serial: 5 }, '/serial'],
    [{ serial: 'x'.repeat(257) }, '/serial'],
    [{ supplies: {} }, '/supplies'],
    [{ supplies: [{ level: 'full' }] }, '/supplies/0/level'],
    [{ reading_id: 'not-a-uuid' }, '/reading_id'],
    [{ reading_id: null }, '/reading_id'],
  ])('names the item and the field of %j', (wrong, path) => {
    const error = refusal('metrics', {
      metrics: [makeReading(1, 1), { ...makeReading(2, 1), ...wrong }, makeReading(3, 1)],
    })
    expect(error).toMatchObject({ code: 'invalid_items', status: 422, details: { received: 3, invalid: 1 } })
    expect(error.details?.items).toEqual([
      expect.objectContaining({ index: 1, mistakes: [expect.objectContaining({ path })] }),
    ])
  })

  it('names every one of several items, and the reading where there is one', () => {
    const reading = makeReading(1, 1)
    const error = refusal('metrics', { metrics: [5, { ip: null }, { ...reading, port: 0 }, null, []] })
    expect(error.details?.items).toMatchObject([
      { index: 0 },
      { index: 1 },
      { index: 2, reading_id: reading.reading_id },
      { index: 3 },
      { index: 4 },
    ])
  })

  it('names all items of a batch that is wrong from end to end', () => {
    const metrics = Array.from({ length: 5000 }, () => ({ page_count: -1, color_pages: -1, supplies: 5 }))
    const items = refusal('metrics', { metrics }).details?.items as { index: number; mistakes: unknown[] }[]
    expect(items.map(({ index }) => index)).toEqual(metrics.map((_, i) => i))
    expect([items[0]?.mistakes.length, items[4999]?.mistakes.length]).toEqual([3, 1])
  })

  it('refuses one reading_id twice', () => {
    const reading = makeReading(1, 1)
    expect(refusal('metrics', { metrics: [reading, reading] }).details?.items).toMatchObject([{ index: 1 }])
  })

  it('takes the words of the older agent', () => {
    const [item] = check('metrics', {
      metrics: [
        {
          serial: 'VNB3',
          timestamp: '2025-11-03T18:00:00.123456789+01:00',
          page_count: 1234.0,
          toner_levels: { black: 40, toner_cyan: 45.5, magenta: -1, yellow: null },
          paper_trays: [
            { index: 1, name: 'Tray 2', media_type: 'A4', current_level: 50, max_capacity: 250, level_percent: 20 },
          ],
        },
      ],
    }).items
    expect(item).toMatchObject({
      sampled_at: '2025-11-03T18:00:00.123456789+01:00',
      page_count: 1234,
      supplies: [
        { kind: 'toner', color: 'black', level: { state: 'percent', percent: 40 } },
        { kind: 'toner', color: 'cyan', level: { state: 'percent', percent: 45.5 } },
        { kind: 'toner', color: 'magenta', level: { state: 'unknown' } },
        { kind: 'toner', color: 'yellow', level: { state: 'unknown' } },
      ],
      trays: [
        {
          index: 1,
          name: 'Tray 2',
          media: 'A4',
          capacity: 250,
          remaining: 50,
          level: { state: 'percent', percent: 20 },
        },
      ],
      toner_levels: { black: 40, toner_cyan: 45.5, magenta: -1, yellow: null },
    })
    expect(item).not.toHaveProperty('timestamp')
    expect(check('metrics', { metrics: [{ serial: 'x', toner_black: 7 }] }).items[0]?.supplies).toEqual([
      { kind: 'toner', color: 'black', name: null, level: { state: 'percent', percent: 7 } },
    ])
    expect(
      check('devices', { devices: [{ serial: 'x', last_seen: '2025-11-03T18:00:00Z', consumables: ['a'] }] }).items,
    ).toEqual([{ serial: 'x', sampled_at: '2025-11-03T18:00:00Z', consumables: ['a'] }])
  })

  it('prefers our own words where both are there', () => {
    const sent = {
      serial: 'x',
      timestamp: '2020-01-01T00:00:00Z',
      sampled_at: '2025-01-01T00:00:00Z',
      supplies: [],
      toner_levels: { black: 1 },
    }
    expect(check('metrics', { metrics: [sent] }).items).toEqual([sent])
  })

  it('raises nothing but an ApiError, whatever comes', () => {
    const item = fc.oneof(
      fc.jsonValue(),
      fc.record({
        serial: fc.jsonValue(),
        supplies: fc.jsonValue(),
        toner_levels: fc.jsonValue(),
        paper_trays: fc.jsonValue(),
      }),
    )
    const body = fc.oneof(
      fc.json(),
      fc
        .record({ devices: fc.array(item), seq: fc.jsonValue(), journal_id: fc.uuid() })
        .map((value) => JSON.stringify(value)),
    )
    fc.assert(
      fc.property(body, (text) => {
        try {
          check('devices', text)
        } catch (error) {
          expect(error).toBeInstanceOf(ApiError)
        }
      }),
      { numRuns: 3000 },
    )
  })
})

describe('readUpload', () => {
  const upload = (body: string): Upload => ({
    ...origin,
    kind: 'metrics',
    body: new Uint8Array(Buffer.from(body)),
    content_encoding: null,
    content_digest: null,
  })

  it('refuses what would take much more memory than it has bytes, before it reads it', () => {
    const { content } = readUpload(upload(`{"metrics":[${'{},'.repeat(2_100_000)}{}]}`))
    expect(content).toMatchObject({ code: 'body_too_large', details: { limit: 3_000_000 } })
    const nested = readUpload(upload(`{"x":${'['.repeat(6_100_000)}`))
    expect(nested.content).toMatchObject({ code: 'body_too_large' })
  })

  it('names an item that is nested without end', () => {
    for (const levels of [600, 20_000, 500_000]) {
      const deep = `{"serial":"x","a":${'['.repeat(levels)}${']'.repeat(levels)}}`
      const { content } = readUpload(upload(`{"metrics":[{"serial":"y"},${deep}]}`))
      expect(content).toMatchObject({ code: 'invalid_items', details: { invalid: 1, items: [{ index: 1 }] } })
    }
  })

  it('names an item that is too large to be shown', () => {
    const { content } = readUpload(
      upload(JSON.stringify({ metrics: [{ serial: 'A' }, { serial: 'B', notes: 'x'.repeat(300_000) }] })),
    )
    expect(content).toMatchObject({ code: 'invalid_items', details: { items: [{ index: 1 }] } })
  })

  it('takes items apart for the thread that writes', () => {
    const reading: Record<string, unknown> = {
      ...makeReading(1, 1),
      page_count: null,
      supplies: [{ level: { state: 'percent', percent: 12.7 } }],
    }
    const { content, unpacked_bytes } = readUpload(
      upload(JSON.stringify({ metrics: [reading, { ...reading, reading_id: v7() }] })),
    )
    const { items } = content as CheckedBatch
    expect(unpacked_bytes).toBeGreaterThan(500)
    expect(items[0]).toMatchObject({ reading_id: reading.reading_id, status: reading.status, lowest_supply: 12 })
    expect(items[0]?.said_time).toBe(Date.parse(String(reading.sampled_at)))
    expect(items[0]?.facts).toBe(items[1]?.facts)
    expect(JSON.parse(String(items[0]?.rest))).toEqual({
      ...Object.fromEntries(
        Object.entries(reading).filter(([key]) => !/^(reading_id|status|color_pages|mono_pages|sampled_at)$/.test(key)),
      ),
    })
  })

  it('keeps a time that is none, whatever its type', () => {
    for (const sampled_at of [1_700_000_000, true, 'yesterday']) {
      const { content } = readUpload(upload(JSON.stringify({ metrics: [{ serial: 'A', sampled_at }] })))
      const [item] = (content as CheckedBatch).items
      expect(item?.said_time).toBe('unreadable')
      expect(JSON.parse(String(item?.rest))).toEqual({ serial: 'A', sampled_at })
    }
  })

  it('takes null for lists that are empty', () => {
    const sent = { serial: 'A', supplies: null, trays: null, alerts: null, sampled_at: null }
    const { content } = readUpload(upload(JSON.stringify({ metrics: [sent] })))
    expect((content as CheckedBatch).items[0]).toMatchObject({ said_time: null, lowest_supply: null })
  })
})
