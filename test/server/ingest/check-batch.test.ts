import fc from 'fast-check'
import { v7 } from 'uuid'
import { describe, expect, it } from 'vitest'
import { ApiError } from '../../../src/core/protocol/api-error.ts'
import { checkBatch } from '../../../src/core/server/ingest/check-batch.ts'
import { makeDevice, makeReading } from '../made-up-readings.ts'

const origin = { agent_id: 'agent-001', received_at: 1_760_000_000_000, clock_offset_ms: null, ip_address: '127.0.0.1' }
const check = (kind: 'devices' | 'metrics', body: unknown) =>
  checkBatch(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)), { ...origin, kind })
const refusal = (kind: 'devices' | 'metrics', body: unknown): ApiError => {
  try {
    check(kind, body)
  } catch (error) {
    if (error instanceof ApiError) return error
    throw error
  }
  throw new Error('it was taken')
}

describe('checkBatch', () => {
  it('gives the items as they were sent, null and unknown keys included', () => {
    const reading = {
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
    expect(() => checkBatch(body, { ...origin, kind: 'metrics' })).toThrow(
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

  it('refuses one reading_id twice, and nesting without end', () => {
    const reading = makeReading(1, 1)
    expect(refusal('metrics', { metrics: [reading, reading] }).details?.items).toMatchObject([{ index: 1 }])
    const deep = `{"metrics":[{"serial":"x","a":${'['.repeat(50)}${']'.repeat(50)}}]}`
    expect(refusal('metrics', deep).code).toBe('invalid_items')
    const deepest = `{"metrics":[{"serial":"x","a":${'['.repeat(500_000)}${']'.repeat(500_000)}}]}`
    expect(refusal('metrics', deepest).code).toBe('invalid_items')
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
