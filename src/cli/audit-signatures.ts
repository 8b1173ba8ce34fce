import { CHAIN_START } from '../core/audit/chain.ts'
import { type HeadBody, openHead, openStub, parseSigned, type Signed } from '../core/audit/head.ts'
import { isSameKey, parsePublicKey } from '../core/audit/signing-key.ts'
import { PrintMasterError } from '../core/model/error.ts'
import { quoteText } from '../core/targets/quote-text.ts'
import { readTextFile } from '../core/targets/text-file.ts'
import type { SeenEnds } from './audit-source.ts'

const LARGEST_HEAD = 65_536
const LARGEST_KEY = 4096

/** A head that was exported earlier. */
export interface EarlierHead {
  readonly where: string
  readonly signed: Signed
}

/** What a head says whose signature fits. */
export interface OpenedHead {
  readonly where: string
  readonly said: HeadBody
}

export interface SignatureCheck {
  /** PEM: what all signatures were held against; null where nothing is signed. */
  readonly public_key: string | null
  /** False where the current head cannot be signed. */
  readonly head_checked: boolean
  /** Earlier heads that are signed as they should be. */
  readonly heads: readonly OpenedHead[]
  /** One sentence for each thing that does not fit. */
  readonly problems: readonly string[]
  /** One sentence for each thing that cannot be checked, which says nothing against the log. */
  readonly unchecked: readonly string[]
}

/** @throws PrintMasterError file_unreadable, archive_damaged */
export async function readHeads(paths: readonly string[]): Promise<EarlierHead[]> {
  const heads: EarlierHead[] = []
  for (const path of paths) {
    const { text } = await readTextFile(path, quoteText(path), LARGEST_HEAD)
    heads.push({ where: path, signed: parseSigned(text, quoteText(path)) })
  }
  return heads
}

/** The key that signatures have to be by. @throws PrintMasterError file_unreadable, bad_flag */
export async function readTrustedKey(path: string): Promise<string> {
  const { text } = await readTextFile(path, quoteText(path), LARGEST_KEY)
  const key = parsePublicKey(text)
  if (key !== null) return key
  throw new PrintMasterError('bad_flag', `--public-key: ${quoteText(path)} holds no Ed25519 public key in PEM`)
}

/**
 * Holds all that is signed against one key: the stub, the current head and heads that were exported earlier.
 * @param trusted PEM of that key; null takes the one that the log is signed with
 */
export function checkSignatures(
  now: SeenEnds,
  earlier: readonly EarlierHead[],
  trusted: string | null,
): SignatureCheck {
  const { head, stub, unsigned } = now
  const public_key = trusted ?? head?.public_key ?? stub?.public_key ?? earlier[0]?.signed.public_key ?? null
  const isSignedByIt = (signed: Signed) => public_key !== null && isSameKey(signed.public_key, public_key)
  const problems = [...checkBeginning(now, isSignedByIt)]
  // the head of a file is told by its name, with the earlier ones
  if (earlier.every(({ signed }) => signed !== head)) problems.push(...checkCurrentHead(now, isSignedByIt))
  const unchecked: string[] = []
  const isAlone = stub === null && earlier.length === 0
  if (head === null && isAlone && trusted !== null) {
    problems.push(`the trusted key was held against nothing: the current head cannot be signed, as ${unsigned}`)
  } else if (head === null && !isAlone) {
    // alone and without a trusted key it would show nothing: who wrote the log anew has it signed as well
    unchecked.push(`the current head was not checked: it cannot be signed, as ${unsigned}`)
  }
  const heads: OpenedHead[] = []
  for (const { where, signed } of earlier) {
    const said = openHead(signed)
    if (typeof said === 'string') problems.push(`${where}: ${said}`)
    else if (!isSignedByIt(signed)) problems.push(`${where}: is signed by another key`)
    else if (said.store_id !== now.store_id) problems.push(`${where}: is of another database (${said.store_id})`)
    else heads.push({ where, said })
  }
  return { public_key, head_checked: head !== null, heads, problems, unchecked }
}

/** The hash that a head should have which ends where the log begins; null where it names another place. */
export function hashBefore({ said }: OpenedHead, start: SeenEnds['start']): string | null {
  if (said.seq === 0) return Buffer.from(CHAIN_START).toString('hex')
  return said.seq === start?.seq ? start.hash : null
}

type KeyCheck = (signed: Signed) => boolean

function* checkBeginning({ start, stub, store_id }: SeenEnds, isSignedByIt: KeyCheck): Generator<string> {
  if (start === null) yield 'where the audit log begins is not known'
  if (stub === null) {
    if (start !== null && start.seq > 0) yield `audit entries 1 to ${start.seq} are missing, and no stub says why`
    return
  }
  const said = openStub(stub)
  if (typeof said === 'string') yield said
  else if (!isSignedByIt(stub)) yield 'the stub of the log is signed by another key'
  else if (said.store_id !== store_id) yield 'the stub of the log is of another database'
  else if (start?.seq !== said.to_seq || start.hash !== said.hash) {
    yield `the audit log does not begin behind entry ${said.to_seq}, as its stub says`
  }
}

function* checkCurrentHead({ head, end, store_id }: SeenEnds, isSignedByIt: KeyCheck): Generator<string> {
  if (head === null) return
  const said = openHead(head)
  if (typeof said === 'string') yield said
  else if (!isSignedByIt(head)) yield 'the current head of the log is signed by another key'
  else if (said.store_id !== store_id) yield 'the current head of the log is of another database'
  else if (end !== null && (said.seq !== end.seq || said.hash !== end.hash)) {
    yield `the audit log does not end with entry ${said.seq}, as its current head says`
  }
}
