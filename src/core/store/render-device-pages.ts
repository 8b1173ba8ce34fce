import type { WireDevicePages } from '../protocol/retention.ts'
import type { DevicePages } from './retention.ts'
import { utcText } from './utc-text.ts'

/** With moments as texts. */
export const renderDevicePages = ({ corrections, first_at, last_at, ...device }: DevicePages): WireDevicePages => ({
  ...device,
  corrections: corrections.map((each) => ({ ...each, at: utcText(each.at) })),
  first_at: first_at === null ? null : utcText(first_at),
  last_at: last_at === null ? null : utcText(last_at),
})
