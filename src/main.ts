import { dirname } from 'node:path'
import { Config, Errors, Plugin, run } from '@oclif/core'
import packageJson from '../package.json' with { type: 'json' }
import { describeUnknownCommand, describeUsageMistake } from './cli/usage-mistake.ts'
import { COMMANDS, TOPICS } from './commands.ts'
import { quoteText } from './core/targets/quote-text.ts'

/** Runs the command line: oclif with its commands handed over, so that a clone and the single executable do the same. */
export async function runMain(argv: string[] = process.argv.slice(2)): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) {
    stream.removeAllListeners('error') // oclif's own passes over a closed pipe and raises the rest
    stream.on('error', endWithoutReader)
  }
  try {
    await run(argv, await loadOclifConfig())
  } catch (error) {
    // not process.exit: what was written may still be on its way into a pipe
    process.exitCode = reportFailure(error, argv)
  }
}

/** A reader that has seen enough (`| head`) closes the pipe: that is no error of ours. A full disk is told. */
function endWithoutReader({ code }: NodeJS.ErrnoException): void {
  if (code === 'EPIPE') process.exit(0)
  process.stderr.write(`printmaster: cannot write the results: ${code}\n`)
  process.exit(1)
}

/** Commands report their own failures and raise an exit code; what is left was no command. */
function reportFailure(error: unknown, argv: readonly string[]): number {
  if (error instanceof Errors.ExitError) return error.oclif.exit ?? 1
  if (!(error instanceof Errors.CLIError)) throw error
  const mistake = describeWords(error, argv)
  process.stderr.write(`printmaster: ${mistake} (see printmaster --help)\n`)
  return 2
}

function describeWords(error: Error, argv: readonly string[]): string {
  const names = Object.keys(COMMANDS).map((id) => id.replaceAll(':', ' '))
  const words = argv.filter((text, i) => !(i === 0 && text === 'help') && !text.startsWith('-'))
  const [topic = argv[0] ?? '', command, extra] = words
  if (names.includes(`${topic} ${command}`)) return `${topic} ${command} takes no argument ${quoteText(extra ?? '')}`
  const inTopic = names.filter((name) => name.startsWith(`${topic} `))
  if (inTopic.length > 0 && command !== undefined) return describeUnknownCommand(`${topic} ${command}`, inTopic)
  if (names.includes(topic)) return describeUsageMistake(error, [])
  return describeUnknownCommand(topic, [...new Set(names.map((name) => name.split(' ', 1)[0] as string))])
}

async function loadOclifConfig(): Promise<Config> {
  const root = dirname(process.argv[1] ?? process.execPath)
  const pjson = { ...packageJson, oclif: { ...packageJson.oclif, topics: TOPICS } }
  const options = { root, pjson: pjson as never, isRoot: true, ignoreManifest: true, name: packageJson.name }
  const plugin = new Plugin(options)
  Object.assign(plugin, { loadCommandsFromTarget: async () => COMMANDS })
  await plugin.load()
  return Config.load({ ...options, plugins: new Map([[plugin.name, plugin]]), userAgent: undefined } as never)
}
