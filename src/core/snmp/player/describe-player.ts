import { basename } from 'node:path'
import type { LiveDevice, Player } from './player.ts'

const MAX_LINES = 20

/** One played device as `simulate --json` prints it. */
export interface DeviceDescription {
  readonly ip: string
  readonly port: number
  readonly recording: string
  readonly objects: number
}

export function describeDevice(device: LiveDevice, port: number): DeviceDescription {
  const { address, recording, objects } = device
  return { ip: address, port, recording: recording.name, objects: objects.oids.length }
}

/** Which address plays what, in some twenty lines at most. */
export function listDevices({ devices, port }: Player): string[] {
  const shown = devices.length > MAX_LINES ? devices.slice(0, MAX_LINES - 1) : devices
  const width = Math.max(...shown.map(({ address }) => address.length))
  const lines = shown.map(({ address, recording, objects }) => {
    // A file's name can hold anything.
    const name = basename(recording.name).replace(/[\p{Cc}\p{Cf}]/gu, '?')
    return `  ${address.padEnd(width)}  ${port}  ${name} (${objects.oids.length} objects)`
  })
  const rest = devices.length - shown.length
  if (rest > 0) lines.push(`  and ${rest} more, up to ${devices.at(-1)?.address}`)
  return lines
}

/** What was asked and answered, in one line. */
export function summarizePlayer(player: Player): string {
  const { received, answered, sent, lost_requests, lost_replies, malformed, wrong_community, reports } = player.stats()
  const parts = [`${received} requests came`, `${answered} answered`, `${sent} replies sent`]
  if (reports > 0) parts.push(`${reports} SNMPv3 reports`)
  if (lost_requests + lost_replies > 0) parts.push(`${lost_requests + lost_replies} lost by fault`)
  if (wrong_community > 0) parts.push(`${wrong_community} with a wrong community`)
  if (malformed > 0) parts.push(`${malformed} malformed`)
  return parts.join(', ')
}
