import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { composeSchema } from '../../scripts/schema.ts'
import { PrinterSchema } from '../../src/core/model/printer.ts'

const published = readFileSync(new URL('../../docs/printer.schema.json', import.meta.url), 'utf8')

test('the published schema is the one of the program; "node scripts/schema.ts" writes it', () => {
  expect(published).toBe(composeSchema())
})

test('it says which JSON Schema it is and holds every field', () => {
  const schema = JSON.parse(published)
  expect(schema.$schema).toBe('https://json-schema.org/draft/2020-12/schema')
  expect(schema.$id).toBe('urn:printmaster:schema:printer')
  expect(Object.keys(schema.properties)).toEqual(Object.keys(PrinterSchema.properties))
  expect(schema.properties.supplies.items.properties.level.properties.state.enum).toContain('some')
})
