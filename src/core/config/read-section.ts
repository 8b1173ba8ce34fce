import { resolve } from 'node:path'
import { PrintMasterError } from '../model/error.ts'
import { quoteText } from '../targets/quote-text.ts'
import { readTextFile } from '../targets/text-file.ts'
import type { Entry } from './entry.ts'
import { fileKey, type Setting, type Settings, type Values } from './setting.ts'

/** A secret is a line, not a document. */
const LARGEST_SECRET = 4096

export interface Findings {
  readonly problems: string[]
  readonly warnings: string[]
}

export interface SectionValues<S extends Settings> {
  readonly values: Values<S>
  /** Where each key that is set was set; a secret from a file counts for the key itself. */
  readonly stated: ReadonlyMap<string, string>
}

/**
 * The typed values of one section. The first source that sets a key wins, and within one source `KEY` and `KEY_file`
 * exclude each other. An empty value counts as not set. Without `opensFiles` a secret that stands in a file counts as
 * stated and has no value.
 */
export async function readSection<S extends Settings>(
  section: string,
  keys: S,
  sources: ReadonlyArray<readonly Entry[]>,
  findings: Findings,
  opensFiles = true,
): Promise<SectionValues<S>> {
  const values: Record<string, unknown> = {}
  const stated = new Map<string, string>()
  for (const [key, setting] of Object.entries(keys)) {
    let entry: Entry | undefined
    for (const source of sources) entry ??= pickEntry(section, key, setting, source, findings)
    if (entry !== undefined && entry.key !== key && !opensFiles) {
      stated.set(key, entry.where)
      continue
    }
    const text = entry === undefined ? setting.initial : await readValue(entry, key, setting, findings)
    if (text === undefined || text === '') continue
    if (entry !== undefined) stated.set(key, entry.where)
    const where = entry?.where ?? `[${section}] ${key}`
    values[key] = setting.kind.parse(text, (problem) => findings.problems.push(`${where}: ${problem}`))
  }
  // The keys and types are those of the table that was just walked.
  return { values: values as Values<S>, stated }
}

function pickEntry(
  section: string,
  key: string,
  setting: Setting<unknown>,
  entries: readonly Entry[],
  findings: Findings,
): Entry | undefined {
  const find = (name: string) =>
    entries.find((entry) => entry.section === section && entry.key === name && entry.text.trim() !== '')
  const plain = find(key)
  if (!setting.kind.secret) return plain
  const file = find(fileKey(key))
  if (plain !== undefined && file !== undefined) {
    findings.problems.push(`${file.where}: ${key} is set as well; keep one of the two`)
  }
  return plain ?? file
}

async function readValue(
  entry: Entry,
  key: string,
  setting: Setting<unknown>,
  findings: Findings,
): Promise<string | undefined> {
  if (setting.path) return resolve(entry.directory, entry.text)
  if (entry.key === key) return entry.text
  const path = resolve(entry.directory, entry.text)
  try {
    const { text, mode } = await readTextFile(path, quoteText(path), LARGEST_SECRET)
    if (mode !== null && isOpenToOthers(mode)) findings.warnings.push(`${entry.where}: ${describeOpenFile(path)}`)
    const secret = text.replace(/\r?\n$/, '')
    if (/\p{Cc}/u.test(secret)) {
      findings.problems.push(`${entry.where}: the file holds more than one line or a control character`)
    } else if (secret === '') findings.problems.push(`${entry.where}: the file is empty`)
    else return secret
  } catch (error) {
    if (!(error instanceof PrintMasterError)) throw error
    findings.problems.push(`${entry.where}: ${error.message}`)
  }
  return undefined
}

/** Group or others may read or write. Windows has no such bits and shows them all as set. */
export function isOpenToOthers(mode: number): boolean {
  return process.platform !== 'win32' && (mode & 0o066) !== 0
}

export function describeOpenFile(path: string): string {
  return `${quoteText(path)} holds secrets and is open to other users of this machine; chmod 600 keeps them out`
}
