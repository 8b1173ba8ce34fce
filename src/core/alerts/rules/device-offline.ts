import type { Device } from '../../protocol/devices.ts'
import { type Finding, NOTHING, UNCLEAR } from '../finding.ts'
import { nameDevice } from './name-device.ts'

/** @param isAgentGone of an agent that is gone nothing is known about its printers: they raise nothing, and end nothing */
export function judgeDeviceOffline(device: Device, isAgentGone: boolean): Finding {
  if (isAgentGone) return UNCLEAR
  if (device.status !== 'offline') return NOTHING
  const why = device.offline_reason === null ? '' : ` (${device.offline_reason.replaceAll('_', ' ')})`
  return {
    verdict: 'device_offline',
    subject: null,
    message: `${nameDevice(device)} does not answer${why}`,
    details: { reason: device.offline_reason, last_seen: device.last_seen, ip: device.ip },
  }
}
