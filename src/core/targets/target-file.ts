import type { Readable } from 'node:stream'
import { PrintMasterError } from '../model/error.ts'
import { checkTarget, splitTargets } from './parse-target.ts'
import { quoteText } from './quote-text.ts'
import type { TargetText } from './resolve-targets.ts'
import { readTextFile } from './text-file.ts'

const LARGEST_FILE = 16 * 1024 * 1024
const LONGEST_LINE = 1000

/**
 * The targets of a file, or of `stdin` when the path is `-`: any number in a line, separated by commas or white space;
 * `#` begins a comment. Each is checked and carries `FILE:LINE`.
 *
 * @throws PrintMasterError `file_unreadable` (also above 16 MiB); `bad_target` for a line of more than 1,000 characters,
 * a text that is no target, or a file without any
 */
export async function readTargetFile(path: string, stdin: Readable = process.stdin): Promise<TargetText[]> {
  const name = path === '-' ? 'stdin' : path
  const shown = path === '-' ? 'standard input' : quoteText(path)
  const { text } = await readTextFile(path === '-' ? stdin : path, shown, LARGEST_FILE)
  const targets: TargetText[] = []
  for (const [i, line] of text.split(/\r\n|\n|\r/).entries()) {
    const where = `${name}:${i + 1}`
    if (line.length > LONGEST_LINE) {
      throw new PrintMasterError(
        'bad_target',
        `${where}: the line is longer than ${LONGEST_LINE} characters; put one target in a line`,
      )
    }
    for (const target of splitTargets(line.split('#', 1)[0] as string)) {
      checkTarget(target, where)
      targets.push({ text: target, where })
    }
  }
  if (targets.length === 0) {
    throw new PrintMasterError(
      'bad_target',
      `${shown} names no target; write one address, range or host name in a line`,
    )
  }
  return targets
}
