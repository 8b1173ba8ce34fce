import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os'
import { PrintMasterError } from '../model/error.ts'
import { formatAddress, IPV4_SPACE, parseAddress } from './address.ts'
import { parseTarget } from './parse-target.ts'
import type { TargetRange } from './target-range.ts'

/** 1,022 hosts: what a scan without a named target asks of one network at most. */
const LARGEST_PREFIX = 22

export interface LocalNetworks {
  readonly targets: TargetRange[]
  /** One sentence for each network that is asked only in part. */
  readonly notices: string[]
}

/**
 * The IPv4 networks this machine is in, without loopback and without links that hold only the machine itself, each cut
 * to the /22 around the machine's own address.
 *
 * @throws PrintMasterError `network_unreachable` when there is none
 */
export function listLocalNetworks(
  interfaces: NodeJS.Dict<NetworkInterfaceInfo[]> = networkInterfaces(),
): LocalNetworks {
  const targets = new Map<string, TargetRange>()
  const notices: string[] = []
  for (const [name, addresses = []] of Object.entries(interfaces)) {
    for (const { family, internal, address, cidr } of addresses) {
      if (family !== 'IPv4' || internal || cidr === null) continue
      const length = Number(cidr.split('/')[1])
      if (length === 32) continue
      const asked = formatNetwork(address, Math.max(length, LARGEST_PREFIX))
      if (targets.has(asked)) continue
      targets.set(asked, parseTarget(asked))
      if (length < LARGEST_PREFIX) {
        const whole = formatNetwork(address, length)
        notices.push(`${name} is in ${whole}; only ${asked} is asked, name ${whole} as the target to ask all of it`)
      }
    }
  }
  if (targets.size === 0) {
    throw new PrintMasterError(
      'network_unreachable',
      'this machine is in no IPv4 network; name a target, for example printmaster scan 192.168.1.0/24',
    )
  }
  return { targets: [...targets.values()], notices }
}

function formatNetwork(address: string, length: number): string {
  const value = parseAddress(address)?.value ?? 0
  return `${formatAddress(IPV4_SPACE, value - (value % 2 ** (32 - length)))}/${length}`
}
