import { PrintMasterError } from '../../model/error.ts'

/** What can go wrong with a played device. Percentages are of datagrams unless said otherwise, times in milliseconds. */
export type Fault =
  /** This share of the devices never answers. */
  | { readonly kind: 'silence'; readonly percent: number }
  /** Each answer is late; requests do not wait for one another. */
  | { readonly kind: 'latency'; readonly ms: number }
  /** Up to so much more, at random. */
  | { readonly kind: 'jitter'; readonly ms: number }
  /** One request at a time, each takes so long; what comes meanwhile waits, up to 64 requests. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** Requests and replies get lost, each with this probability. */
  | { readonly kind: 'loss'; readonly percent: number }
  | { readonly kind: 'request-loss'; readonly percent: number }
  | { readonly kind: 'reply-loss'; readonly percent: number }
  /** The same reply twice. */
  | { readonly kind: 'duplicate'; readonly percent: number }
  /** The reply ends in the middle. */
  | { readonly kind: 'truncate'; readonly percent: number }
  /** Random bytes in place of the reply. */
  | { readonly kind: 'garbage'; readonly percent: number }
  /** A reply to a question nobody asked: another request id. */
  | { readonly kind: 'wrong-id'; readonly percent: number }
  /** The reply comes from another port than was asked. */
  | { readonly kind: 'wrong-sender'; readonly percent: number }
  /** At every n-th object a walk is sent back to an earlier one. */
  | { readonly kind: 'backwards'; readonly every: number }
  /** At every n-th object a walk gets the same object again, and at the end it begins anew. */
  | { readonly kind: 'circle'; readonly every: number }
  /** noSuchName for every v1 Get of more than one object. */
  | { readonly kind: 'no-combined-get' }
  /** GetBulk is not understood: silence, or genErr. */
  | { readonly kind: 'no-bulk'; readonly answer: 'silent' | 'generr' }
  /** No message is longer than so many bytes. */
  | { readonly kind: 'max-size'; readonly bytes: number }
  /** tooBig for requests of more objects; GetBulk gives no more than so many. */
  | { readonly kind: 'max-varbinds'; readonly count: number }
  | { readonly kind: 'v1-only' }
  | { readonly kind: 'v2c-only' }

type FaultKind = Fault['kind']

interface Argument {
  readonly name: 'percent' | 'ms' | 'every' | 'bytes' | 'count'
  /** What N is, for messages. */
  readonly meaning: string
  readonly min: number
  readonly max: number
  /** What the fault's bare name stands for; without it the number must be given. */
  readonly bare?: number
}

const PERCENT: Argument = { name: 'percent', meaning: 'a percentage', min: 0, max: 100 }
const ALWAYS: Argument = { ...PERCENT, bare: 100 }
const MS: Argument = { name: 'ms', meaning: 'milliseconds', min: 0, max: 600_000 }
const EVERY: Argument = { name: 'every', meaning: 'a number of objects', min: 2, max: 1_000_000, bare: 10 }

const FAULTS: Record<FaultKind, Argument | 'answer' | null> = {
  silence: ALWAYS,
  latency: MS,
  jitter: MS,
  slow: MS,
  loss: PERCENT,
  'request-loss': PERCENT,
  'reply-loss': PERCENT,
  duplicate: ALWAYS,
  truncate: ALWAYS,
  garbage: ALWAYS,
  'wrong-id': ALWAYS,
  'wrong-sender': ALWAYS,
  backwards: EVERY,
  circle: EVERY,
  'no-combined-get': null,
  'no-bulk': 'answer',
  'max-size': { name: 'bytes', meaning: 'a number of bytes', min: 128, max: 65_507, bare: 484 },
  'max-varbinds': { name: 'count', meaning: 'a number of objects', min: 1, max: 4096 },
  'v1-only': null,
  'v2c-only': null,
}

/** The names that `parseFault` knows, for help texts. */
export const FAULT_KINDS = Object.keys(FAULTS) as FaultKind[]

/**
 * Reads a fault as it stands behind `--fault`: `loss=10`, `latency=200`, `truncate` (always), `no-bulk=generr`.
 * @throws PrintMasterError `bad_flag`
 */
export function parseFault(text: string): Fault {
  const [kind, value] = splitOnce(text)
  const argument = Object.hasOwn(FAULTS, kind) ? FAULTS[kind as FaultKind] : undefined
  if (argument === undefined) {
    throw new PrintMasterError(
      'bad_flag',
      `--fault: there is no fault ${JSON.stringify(kind)}; known: ${FAULT_KINDS.join(', ')}`,
    )
  }
  if (argument === null) {
    if (value !== undefined) throw new PrintMasterError('bad_flag', `--fault ${kind} takes no value`)
    return { kind } as Fault
  }
  if (argument === 'answer') {
    if (value !== undefined && value !== 'silent' && value !== 'generr') {
      throw new PrintMasterError('bad_flag', `--fault ${kind}=${quoteOdd(value)}: the answer is silent or generr`)
    }
    return { kind: 'no-bulk', answer: value ?? 'silent' }
  }
  return { kind, [argument.name]: parseArgument(kind, value, argument) } as unknown as Fault
}

function splitOnce(text: string): [string, string | undefined] {
  const at = text.indexOf('=')
  return at < 0 ? [text.trim(), undefined] : [text.slice(0, at).trim(), text.slice(at + 1).trim()]
}

function parseArgument(kind: string, value: string | undefined, { name, meaning, min, max, bare }: Argument): number {
  const range = `N is ${meaning} from ${min} to ${max}`
  if (value === undefined) {
    if (bare === undefined)
      throw new PrintMasterError('bad_flag', `--fault ${kind} needs a number: ${kind}=N, where ${range}`)
    return bare
  }
  const pattern = name === 'percent' ? /^\d{1,3}(\.\d{1,3})?$/ : /^\d{1,9}$/
  const number = pattern.test(value) ? Number(value) : Number.NaN
  if (!(number >= min && number <= max)) {
    throw new PrintMasterError('bad_flag', `--fault ${kind}=${quoteOdd(value)}: ${range}`)
  }
  return number
}

/** Plain values are shown as they were typed. */
function quoteOdd(value: string): string {
  return /^[\w.+-]{1,40}$/.test(value) ? value : JSON.stringify(value)
}

/** The fault of this kind, the last one where several are given. */
export function findFault<K extends FaultKind>(
  faults: readonly Fault[],
  kind: K,
): Extract<Fault, { kind: K }> | undefined {
  return faults.findLast((fault): fault is Extract<Fault, { kind: K }> => fault.kind === kind)
}
