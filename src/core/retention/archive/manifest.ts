import Type from 'typebox'
import { Check } from 'typebox/value'
import { PrintMasterError } from '../../model/error.ts'
import { NAME } from './place.ts'

const closed = { additionalProperties: false }
const sha256 = Type.String({ pattern: '^[0-9a-f]{64}$' })
const count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })
const time = Type.Union([
  Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$' }),
  Type.Null(),
])

/** What is said of a file of rows, in a file beside it. */
export const ManifestSchema = Type.Object(
  {
    format: Type.Literal(1),
    archive_id: Type.String({ pattern: '^[0-9a-f-]{36}$' }),
    store_id: Type.String({ maxLength: 64 }),
    schema_version: count,
    source: Type.String({ pattern: '^[a-z_]{1,64}$' }),
    data: Type.String({ pattern: NAME.source }),
    rows: count,
    bytes: count,
    sha256,
    content_sha256: sha256,
    first_at: time,
    last_at: time,
    created_at: time,
  },
  closed,
)
export type Manifest = Type.Static<typeof ManifestSchema>

const LARGEST = 65_536

/** @throws PrintMasterError archive_damaged */
export function parseManifest(bytes: Uint8Array, name: string): Manifest {
  let value: unknown
  try {
    if (bytes.length <= LARGEST) value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    // told below
  }
  if (Check(ManifestSchema, value)) return value as Manifest
  throw new PrintMasterError('archive_damaged', `${name} is no manifest of an archive, or is damaged`)
}

export const manifestName = (data: string) => `${data}.manifest.json`
