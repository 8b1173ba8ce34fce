import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { PrinterSchema } from '../src/core/model/printer.ts'

const WIDTH = 120
const FILE = new URL('../docs/printer.schema.json', import.meta.url)

/** PrinterSchema as a JSON Schema (draft 2020-12), laid out as the formatter of this repository wants it. */
export function composeSchema(): string {
  const { $id: _, title, ...rest } = JSON.parse(JSON.stringify(PrinterSchema))
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:printmaster:schema:printer',
    title,
    description:
      'One printer: a line of "printmaster scan --format ndjson", an element of "printmaster scan --format json".',
    ...rest,
  }
  // Short lists of plain values stand on one line.
  const text = JSON.stringify(schema, null, 2).replaceAll(
    /^( *)(.*)\[\n([^[\]{}]*?)\n *\](,?)$/gm,
    (all, blanks, key, items, comma) => {
      const line = `${blanks}${key}[${items.trim().replaceAll(/,\n\s*/g, ', ')}]${comma}`
      return line.length <= WIDTH ? line : all
    },
  )
  return `${text}\n`
}

if (import.meta.main) {
  const schema = composeSchema()
  if (!process.argv.includes('--check')) {
    writeFileSync(FILE, schema)
  } else if (readFileSync(FILE, 'utf8') !== schema) {
    console.error(`${fileURLToPath(FILE)} differs from PrinterSchema: run "node scripts/schema.ts"`)
    process.exitCode = 1
  }
}
