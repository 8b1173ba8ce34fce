import Type from 'typebox'
import { Check } from 'typebox/value'
import { PrintMasterError } from '../model/error.ts'
import { checkSignature, type SigningKey } from './signing-key.ts'

const closed = { additionalProperties: false }
const hash = Type.String({ pattern: '^[0-9a-f]{64}$' })
const seq = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })
const moment = Type.String({ maxLength: 32 })

/** What is signed of a moment of the audit log: that its entry `seq` has this hash. */
const HeadBodySchema = Type.Object(
  {
    format: Type.Literal(1),
    kind: Type.Literal('head'),
    store_id: Type.String({ maxLength: 64 }),
    seq,
    hash,
    at: moment,
  },
  closed,
)
export type HeadBody = Type.Static<typeof HeadBodySchema>

/** What is signed of entries that were let go: all up to `to_seq`, which had this hash. */
const StubBodySchema = Type.Object(
  {
    format: Type.Literal(1),
    kind: Type.Literal('pruned'),
    store_id: Type.String({ maxLength: 64 }),
    to_seq: seq,
    hash,
    at: moment,
  },
  closed,
)
export type StubBody = Type.Static<typeof StubBodySchema>

/** A text, exactly as it was signed, with its signature (hex) and the public key (PEM) that belongs to it. */
export const SignedSchema = Type.Object(
  {
    body: Type.String({ maxLength: 4096 }),
    signature: Type.String({ pattern: '^[0-9a-f]{128}$' }),
    public_key: Type.String({ maxLength: 1024 }),
  },
  { ...closed, title: 'SignedText' },
)
export type Signed = Type.Static<typeof SignedSchema>

export const signHead = (key: SigningKey, head: Omit<HeadBody, 'format' | 'kind'>): Signed =>
  signBody(key, { format: 1, kind: 'head', ...head })
export const signStub = (key: SigningKey, stub: Omit<StubBody, 'format' | 'kind'>): Signed =>
  signBody(key, { format: 1, kind: 'pruned', ...stub })

function signBody(key: SigningKey, value: HeadBody | StubBody): Signed {
  const body = JSON.stringify(value)
  return { body, signature: Buffer.from(key.sign(body)).toString('hex'), public_key: key.public_key }
}

/** What a stub says; a sentence where it is none, or is not signed by the key that it names. */
export const openStub = (signed: Signed): StubBody | string => openSigned<StubBody>(signed, StubBodySchema, 'stub')
export const openHead = (signed: Signed): HeadBody | string => openSigned<HeadBody>(signed, HeadBodySchema, 'head')

function openSigned<T>(signed: Signed, schema: Type.TSchema, what: string): T | string {
  if (!checkSignature(signed.body, Buffer.from(signed.signature, 'hex'), signed.public_key)) {
    return `the signature of the ${what} does not fit: it was changed, or signed by another key`
  }
  let value: unknown
  try {
    value = JSON.parse(signed.body)
  } catch {
    // told below
  }
  return Check(schema, value) ? (value as T) : `the ${what} is signed, but does not say what a ${what} says`
}

const LARGEST = 65_536

/** A head as `audit export` wrote it. @throws PrintMasterError archive_damaged */
export function parseSigned(text: string, where: string): Signed {
  let value: unknown
  try {
    if (text.length <= LARGEST) value = JSON.parse(text)
  } catch {
    // told below
  }
  if (Check(SignedSchema, value)) return value as Signed
  throw new PrintMasterError('archive_damaged', `${where} is no head of an audit log, or is damaged`)
}
