import { execFileSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { connect } from 'node:net'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import type { FleetStats, Network, Simulator } from './fleet.ts'
import type { Workspace } from './workspace.ts'

/**
 * The simulator in C, fast enough to be no bottleneck: its source is named by PRINTMASTER_FLEET or lies beside the clone.
 * Null when there is none, or no compiler.
 */
export function compileCSimulator(workspace: Workspace, root: string): Simulator | null {
  const source = process.env.PRINTMASTER_FLEET || join(root, '../shared/tools/fleet/fleet.c')
  if (!existsSync(source)) return null
  const program = workspace.path('fleet')
  try {
    execFileSync('cc', ['-O2', '-w', '-o', program, source], { stdio: 'pipe' })
  } catch (error) {
    console.error(`${source} could not be compiled: ${(error as Error).message}`)
    return null
  }
  const beside = join(dirname(source), 'laser.snmprec')
  const recording = existsSync(beside) ? beside : join(root, 'test/recordings/printers/color-laser.snmprec')
  let fleets = 0

  return {
    name: 'C simulator',
    isComplete: true,
    async start(network) {
      const port = await findFreePort()
      const control = workspace.path(`fleet-${fleets++}.sock`)
      const args = [...flagsOf(network), '--port', `${port}`, '--rec', recording, '--ctl', control]
      const child = workspace.start(program, args, { stdio: ['ignore', 'pipe', 'inherit'] })
      if (child.stdout) await untilReady(child.stdout)
      return {
        network,
        port,
        addresses: (await command(control, 'hosts')).trim().split('\n'),
        reset: async () => void (await command(control, 'reset')),
        stats: async () => JSON.parse(await command(control, 'stats')) as FleetStats,
        stop: () => workspace.stop(child),
      }
    },
  }
}

function flagsOf({ cidr, printers, latency, requestLoss, replyLoss, seed, v1Every }: Network): string[] {
  const values = {
    // Before the printers, who are made as the flags are read
    '--v1only': v1Every,
    '--latency': latency,
    '--drop': requestLoss,
    '--dropreply': replyLoss,
    '--seed': seed,
    '--live': `${cidr}=${printers}`,
  }
  return Object.entries(values).flatMap(([flag, value]) => (value === undefined ? [] : [flag, `${value}`]))
}

async function untilReady(stdout: NodeJS.ReadableStream): Promise<void> {
  for await (const line of createInterface({ input: stdout })) if (line === 'ready') return
  throw new Error('the C simulator did not start')
}

/** One command a connection; the answer ends with it. */
async function command(path: string, text: string): Promise<string> {
  const socket = connect(path).setEncoding('latin1')
  socket.write(text)
  let answer = ''
  for await (const part of socket) answer += part
  return answer
}

/** A port that is free on every loopback address at this moment. */
async function findFreePort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, '0.0.0.0')
  await once(socket, 'listening')
  const { port } = socket.address()
  socket.close()
  await once(socket, 'close')
  return port
}
