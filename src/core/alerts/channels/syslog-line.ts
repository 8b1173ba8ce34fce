import { cleanText } from '../../output/clean-text.ts'
import { SYSLOG_FACILITIES, type SyslogFacility } from '../syslog-facilities.ts'
import type { Notice } from './channel.ts'
import { wordNotice } from './word-notice.ts'

const CRITICAL = 2
const WARNING = 4
const NOTICE = 5

/** Enterprise number 32473 is the one that RFC 5612 keeps for those without their own. */
const SD_ID = 'printmaster@32473'
/** Every receiver takes 2,048 octets (RFC 5425 section 4.3.1); structured data has the rest. */
const LONGEST_MESSAGE = 800

/** A message of RFC 5424, without the framing of its transport. */
export function composeSyslogLine(notice: Notice, facility: SyslogFacility, hostname: string): string {
  const { event, alert, sent_at, delivery_id } = notice
  const level = event === 'opened' ? (alert.severity === 'critical' ? CRITICAL : WARNING) : NOTICE
  const priority = SYSLOG_FACILITIES[facility] * 8 + level
  const params = {
    event,
    kind: alert.kind,
    severity: alert.severity,
    alert_id: alert.alert_id,
    delivery_id,
    agent_id: alert.agent_id,
    device_id: alert.device_id,
    subject: alert.subject,
    opened_at: alert.opened_at,
    closed_at: alert.closed_at,
  }
  const data = Object.entries(params)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => ` ${name}="${escapeParam(cleanText(String(value)))}"`)
  const message = wordNotice(notice).slice(0, LONGEST_MESSAGE).toWellFormed()
  const header = `<${priority}>1 ${sent_at} ${printable(hostname, 255)} printmaster - ${alert.kind}`
  // the mark of UTF-8, which a message in ASCII does without
  const mark = /^[\x20-\x7e]*$/.test(message) ? '' : '\ufeff'
  return `${header} [${SD_ID}${data.join('')}] ${mark}${message}`
}

/** RFC 5424 section 6.3.3 */
const escapeParam = (text: string) => text.replaceAll(/["\\\]]/g, '\\$&')

/** A field of the header: PRINTUSASCII, a dash for nothing. */
const printable = (text: string, longest: number) => text.replaceAll(/[^\x21-\x7e]/g, '').slice(0, longest) || '-'
