import { findNearest } from '../core/model/nearest.ts'
import { cleanText } from '../core/output/clean-text.ts'
import { quoteText } from '../core/targets/quote-text.ts'

/** What the flag parser says and what we say instead; anything else is passed on as it is. */
const WORDINGS: ReadonlyArray<[said: RegExp, better: string]> = [
  [/^Parsing (\S+) Expected/, '$1: expected'],
  [/^Flag (\S+) expects/, '$1 expects'],
  [/^Flag (\S+) can only be specified once/, '$1 can be given only once'],
  [/^(\S+?)(?:=true)? cannot also be provided when using (\S+)/, '$1 and $2 exclude each other; give one of them'],
  [/^Missing required flag (\S+)/, '--$1 is wanted'],
  [/^All of the following must be provided when using (\S+): (.+)/, '$1 needs $2'],
  [/^Expected (\S+?)=(.*) to be one of:/s, "$1: '$2' is not one of"],
]

/** Lines of the parser that only point somewhere or only announce what follows. */
const EMPTY_LINE = /^(See more help|The following error)/

/**
 * One sentence for what the flag parser refused, without control characters.
 * @param error its error; one about unknown flags names them in `flags`; `args` has arguments that are missing, or the words
 *   that are too many
 * @param known the flags that the command has, for a proposal
 */
export function describeUsageMistake(
  error: Error & { flags?: unknown; args?: unknown },
  known: readonly string[],
): string {
  if (Array.isArray(error.flags)) return error.flags.map((flag) => describeUnknownFlag(String(flag), known)).join('; ')
  if (Array.isArray(error.args) && error.args.every((each) => typeof each === 'string'))
    return `this command takes no argument ${error.args.map((each) => quoteText(each)).join(', ')}`
  if (Array.isArray(error.args))
    return `name a ${error.args.map(({ name }) => String(name).toUpperCase()).join(' and a ')}`
  // the reason why a value was refused stands in a line of its own, behind a tab
  const lines = error.message.replace(/\s*\n\t/g, ' ').split('\n')
  const problems = lines.map((line) => cleanText(line)).filter((line) => line && !EMPTY_LINE.test(line))
  return problems
    .map((problem) => WORDINGS.reduce((text, [said, better]) => text.replace(said, better), problem))
    .join('; ')
}

function describeUnknownFlag(flag: string, known: readonly string[]): string {
  const nearest = flag.startsWith('--') ? findNearest(flag.slice(2), known) : null
  return `there is no flag ${quoteText(flag)}${nearest === null ? '' : `; did you mean --${nearest}?`}`
}

/** One sentence for a first word that is no command. */
export function describeUnknownCommand(word: string, known: readonly string[]): string {
  const nearest = findNearest(word, known)
  return `there is no command ${quoteText(word)}; ${nearest === null ? `the commands are ${known.join(', ')}` : `did you mean ${nearest}?`}`
}
