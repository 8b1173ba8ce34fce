import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { PrintMasterError } from '../core/model/error.ts'
import { readTextFile } from '../core/targets/text-file.ts'

const LARGEST_KEY = 4096

/** Flags that can name stdin with "-", by their value. Raises PrintMasterError `bad_flag` when more than one does. */
export function checkStdinUse(values: Readonly<Record<string, string | undefined>>): void {
  const readers = Object.keys(values).filter((flag) => values[flag] === '-')
  if (readers.length > 1) {
    throw new PrintMasterError(
      'bad_flag',
      `${readers.join(' and ')} cannot both be read from standard input ("-"); name a file for one of them`,
    )
  }
}

/**
 * A key from stdin: its one line. At a terminal it is asked for and not shown.
 * @throws PrintMasterError `bad_flag` (nothing, or more than a line), `file_unreadable`
 */
export async function readKeyFromStdin(flag: string): Promise<string> {
  const text = process.stdin.isTTY
    ? await askHidden(`${flag}: `)
    : (await readTextFile(process.stdin, 'standard input', LARGEST_KEY)).text
  const key = text.replace(/\r?\n$/, '')
  if (key.trim() === '') throw new PrintMasterError('bad_flag', `${flag} -: standard input holds no key`)
  if (/\p{Cc}/u.test(key)) {
    throw new PrintMasterError(
      'bad_flag',
      `${flag} -: standard input holds more than one line or a control character; a key is one line`,
    )
  }
  return key
}

/** Says to whoever sits at the terminal that input is waited for, and how to end it. */
export function announceTerminalInput(what: string): void {
  if (process.stdin.isTTY) process.stderr.write(`Type ${what}, one a line; Ctrl-D ends the list.\n`)
}

async function askHidden(question: string): Promise<string> {
  process.stderr.write(question)
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const terminal = createInterface({ input: process.stdin, output: nowhere, terminal: true })
  const given = Promise.withResolvers<string>()
  // Ctrl-C is no signal while keys are not echoed
  terminal.on('SIGINT', () => process.exit(130))
  terminal.on('line', given.resolve)
  terminal.on('close', () => given.resolve(''))
  const answer = await given.promise
  terminal.close()
  process.stderr.write('\n')
  return answer
}
