import { expect, it } from 'vitest'
import { MAX_ITEM_LENGTH, readUpload } from '../../../src/core/server/ingest/read-upload.ts'

it.each([
  ['devices', 262_144],
  ['metrics', 65_536],
] as const)('of %s an item has %i characters at most', (kind, most) => {
  expect(MAX_ITEM_LENGTH[kind]).toBe(most)
  const read = (length: number) => {
    const item = { serial: 'A', pad: 'x'.repeat(length - '{"serial":"A","pad":""}'.length) }
    return readUpload({
      kind,
      agent_id: 'agent-001',
      received_at: 1_760_000_000_000,
      clock_offset_ms: null,
      ip_address: null,
      body: new Uint8Array(Buffer.from(JSON.stringify({ [kind]: [{ serial: 'B' }, item] }))),
      content_encoding: null,
      content_digest: null,
    }).content
  }
  expect(read(most)).toMatchObject({ items: [{}, {}] })
  const mistakes = [{ path: '', problem: `is larger than ${most} characters of JSON` }]
  expect(read(most + 1)).toMatchObject({ code: 'invalid_items', details: { items: [{ index: 1, mistakes }] } })
})
