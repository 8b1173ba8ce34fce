import type { Socket } from 'node:dgram'
import { PrintMasterError } from '../../model/error.ts'
import { isLoopback } from '../../model/is-loopback.ts'
import { type HostOptions, type LiveDevice, type PlayedDevice, PlayedHost } from './host.ts'
import { bindLoopback, closeSocket } from './socket.ts'
import { addStats, type PlayerStats } from './stats.ts'

export type { LiveDevice, PlayedDevice } from './host.ts'

export interface PlayerOptions extends HostOptions {
  readonly devices: readonly PlayedDevice[]
  /** The same for all devices; 0 stands for any that is free on all addresses. */
  readonly port: number
}

export interface Player {
  readonly devices: readonly LiveDevice[]
  readonly port: number
  /** All devices together, so far. */
  stats(): PlayerStats
  /** Stops answering; what is still on its way is dropped. */
  close(): Promise<void>
}

const FREE_PORT_ATTEMPTS = 20
const BIND_AT_ONCE = 64

/**
 * Plays recordings as SNMP agents over real UDP on loopback addresses. Each device has a socket of its own, which is
 * fine up to some 1,000 of them; beyond, the system's limit of open files decides.
 * @throws PrintMasterError `bad_target` (an address that is not loopback, or given twice), `port_in_use`,
 *   `permission_denied`, `network_unreachable`; nothing stays open then
 */
export async function startPlayer(options: PlayerOptions): Promise<Player> {
  checkAddresses(options.devices)
  const { sockets, port } = await openSockets(options)
  const hosts = options.devices.map((device, index) => new PlayedHost(device, index, sockets[index] as Socket, options))
  return {
    devices: hosts,
    port,
    stats: () => addStats(hosts.map(({ stats }) => stats)),
    close: async () => {
      await Promise.all(hosts.map((host) => host.close()))
    },
  }
}

function checkAddresses(devices: readonly PlayedDevice[]): void {
  const seen = new Set<string>()
  for (const { address } of devices) {
    if (seen.has(address))
      throw new PrintMasterError('bad_target', `${address} can play one device only, it is given twice`)
    if (!isLoopback(address)) {
      throw new PrintMasterError(
        'bad_target',
        `${JSON.stringify(address)}: recordings are played on loopback only (127.x.y.z or ::1)`,
      )
    }
    seen.add(address)
  }
}

/** One socket a device, all on one port. A port that is free on one address can be taken on the next: then anew. */
async function openSockets({ devices, port }: PlayerOptions): Promise<{ sockets: Socket[]; port: number }> {
  for (let attempt = 1; ; attempt++) {
    const sockets: Socket[] = []
    let chosen = port
    try {
      const [first, ...others] = devices.map(({ address }) => address)
      if (first !== undefined) {
        sockets.push(await bindLoopback(first, port))
        chosen = (sockets[0] as Socket).address().port
      }
      for (let at = 0; at < others.length; at += BIND_AT_ONCE) {
        const opened = await Promise.allSettled(
          others.slice(at, at + BIND_AT_ONCE).map((address) => bindLoopback(address, chosen)),
        )
        for (const result of opened) if (result.status === 'fulfilled') sockets.push(result.value)
        for (const result of opened) if (result.status === 'rejected') throw result.reason
      }
      return { sockets, port: chosen }
    } catch (error) {
      await Promise.all(sockets.map(closeSocket))
      const isTaken = error instanceof PrintMasterError && error.code === 'port_in_use'
      if (port !== 0 || !isTaken || attempt >= FREE_PORT_ATTEMPTS) throw error
    }
  }
}
