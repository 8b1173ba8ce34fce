import { dirname } from 'node:path'
import { Config, flush, handle, Plugin, run } from '@oclif/core'
import packageJson from '../package.json' with { type: 'json' }
import { COMMANDS } from './commands.ts'

/** Runs the command line: oclif with its commands handed over, so that a clone and the single executable do the same. */
export async function runMain(argv: string[] = process.argv.slice(2)): Promise<void> {
  // a reader that has seen enough (`| head`) closes the pipe: that is no error of ours
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0)
    throw error
  })
  try {
    await run(argv, await loadOclifConfig())
    await flush()
  } catch (error) {
    await handle(error as Error)
  }
}

async function loadOclifConfig(): Promise<Config> {
  const root = dirname(process.argv[1] ?? process.execPath)
  const options = { root, pjson: packageJson as never, isRoot: true, ignoreManifest: true, name: packageJson.name }
  const plugin = new Plugin(options)
  Object.assign(plugin, { loadCommandsFromTarget: async () => COMMANDS })
  await plugin.load()
  return Config.load({ ...options, plugins: new Map([[plugin.name, plugin]]), userAgent: undefined } as never)
}
