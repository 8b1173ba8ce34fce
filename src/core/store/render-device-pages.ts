import type { WireDevicePages } from '../protocol/retention.ts'
import type { DevicePages } from './retention.ts'
import { utcText } from './utc-text.ts'

/** With moments as texts. */
export const renderDevicePages = ({
  corrections,
  first_at,
  last_at,
  let_go_before,
  ...device
}: DevicePages): WireDevicePages => ({
  ...device,
  corrections: corrections.map((each) => ({ ...each, at: utcText(each.at) })),
  first_at: render(first_at),
  last_at: render(last_at),
  let_go_before: render(let_go_before),
})

const render = (moment: number | null) => (moment === null ? null : utcText(moment))
