import { cleanText } from '../../output/clean-text.ts'
import type { Device } from '../../protocol/devices.ts'
import type { DeviceReport } from '../../store/store.ts'
import { type Finding, NOTHING, UNCLEAR } from '../finding.ts'
import { nameDevice } from './name-device.ts'

const LONGEST_SUBJECT = 256

/** A printer that does not print. What it says first of why is the subject; which that is may change while it lasts. */
export function judgeDeviceError(device: Device, alerts: DeviceReport['alerts'], isAgentGone: boolean): Finding {
  // a printer that does not answer may still have its jam
  if (isAgentGone || device.status === null || device.status === 'offline') return UNCLEAR
  if (device.status !== 'error') return NOTHING
  const first = alerts?.find(({ severity }) => severity === 'critical')
  const word = first === undefined ? '' : wordAlert(first)
  return {
    verdict: 'device_error',
    subject: word === '' ? null : word,
    message: `${nameDevice(device)} has an error${word === '' ? '' : `: ${word}`}`,
    details: { ...(first && { code: first.code ?? null, group: first.group ?? null }), ip: device.ip },
  }
}

/** The description that the device gives, else the name of its code. */
function wordAlert({ description, code }: Readonly<Record<string, unknown>>): string {
  const [given, name] = [description, code].map((each) => (typeof each === 'string' ? cleanText(each) : ''))
  return (given || name || '').slice(0, LONGEST_SUBJECT)
}
