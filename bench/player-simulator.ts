import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Network, Simulator } from './fleet.ts'
import type { Workspace } from './workspace.ts'

/** `printmaster simulate` as a process of its own: slower than what it plays for, so that its figures hold for it only. */
export function playerSimulator(workspace: Workspace, root: string): Simulator {
  return {
    name: "the program's own player",
    isComplete: false,
    async start(network) {
      const child = workspace.start(process.execPath, argumentsOf(network, root), {
        cwd: workspace.directory,
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      let complaints = ''
      child.stderr?.setEncoding('utf8').on('data', (text: string) => {
        complaints += text
      })
      const exited = once(child, 'exit')
      const devices: Array<{ ip: string; port: number }> = []
      if (child.stdout) {
        for await (const line of createInterface({ input: child.stdout })) {
          devices.push(JSON.parse(line) as { ip: string; port: number })
          if (devices.length === network.printers) break
        }
      }
      const [first] = devices
      if (!first || devices.length < network.printers) {
        await exited
        throw new Error(`the player did not start:\n${complaints}`)
      }
      return {
        network,
        port: first.port,
        addresses: devices.map(({ ip }) => ip),
        reset: async () => undefined,
        stats: async () => null,
        stop: () => workspace.stop(child),
      }
    },
  }
}

function argumentsOf(network: Network, root: string): string[] {
  const { cidr, printers, latency, requestLoss, replyLoss, seed } = network
  const faults = { latency, 'request-loss': requestLoss, 'reply-loss': replyLoss }
  return [
    `${root}bin/run.js`,
    'simulate',
    `${root}test/recordings/printers/color-laser.snmprec`,
    '--json',
    ...['--count', `${printers}`],
    ...['--listen', `${cidr.replace(/0\/\d+$/, '1')}:0`],
    ...Object.entries(faults).flatMap(([fault, value]) => (value ? ['--fault', `${fault}=${value}`] : [])),
    ...(seed === undefined ? [] : ['--seed', `${seed}`]),
  ]
}
