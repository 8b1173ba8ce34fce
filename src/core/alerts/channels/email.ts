import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { cleanText } from '../../output/clean-text.ts'
import type { EmailOptions } from '../alert-options.ts'
import type { Channel, Notice } from './channel.ts'
import { describeSocketError } from './describe-socket-error.ts'
import { wordNotice } from './word-notice.ts'

const TIMEOUT = 10_000

/** A mail in plain text by SMTP; that the mail server took it is the receipt. */
export function createEmail(options: EmailOptions): Channel {
  const { host, port, from, to, login, tls, ca } = options
  return {
    async send(notice, signal) {
      // only who sends mail pays for the library
      const { createTransport } = await import('nodemailer')
      const transport = createTransport({
        host,
        port,
        secure: tls === 'implicit',
        requireTLS: tls === 'starttls',
        ignoreTLS: tls === 'none',
        ...(login !== null && { auth: { user: login.user, pass: login.password.reveal() } }),
        tls: { minVersion: 'TLSv1.2', ...(ca !== null && { ca: await readFile(ca, 'utf8') }) },
        connectionTimeout: TIMEOUT,
        greetingTimeout: TIMEOUT,
        socketTimeout: TIMEOUT,
        disableFileAccess: true,
        disableUrlAccess: true,
      })
      const cut = () => transport.close()
      signal.addEventListener('abort', cut)
      try {
        const { response } = await transport.sendMail({
          from,
          to: [...to],
          subject: `[PrintMaster] ${wordNotice(notice)}`.slice(0, 200).toWellFormed(),
          text: composeText(notice),
          messageId: `<${notice.delivery_id.replaceAll(':', '.')}@${hostname()}>`,
          headers: { 'Auto-Submitted': 'auto-generated' },
        })
        return cleanText(response).slice(0, 200)
      } catch (error) {
        throw new Error(describeMailError(error))
      } finally {
        signal.removeEventListener('abort', cut)
        transport.close()
      }
    },
  }
}

function composeText(notice: Notice): string {
  const { alert, delivery_id } = notice
  const facts: readonly (readonly [string, string | null])[] = [
    ['kind', alert.kind],
    ['severity', alert.severity],
    ['opened', alert.opened_at],
    ['closed', alert.closed_at],
    ['acknowledged', alert.acknowledged_at],
    ['agent', alert.agent_id],
    ['device', alert.device_id],
    ['alert', alert.alert_id],
    ['delivery', delivery_id],
  ]
  const lines = facts.filter(([, value]) => value !== null).map(([name, value]) => `${`${name}:`.padEnd(14)}${value}`)
  return [wordNotice(notice), '', ...lines, ''].join('\n')
}

/** What the mail server said, where it said something; never what it was told. */
function describeMailError(error: unknown): string {
  const { code, originalCode, responseCode, response } = error as {
    code?: string
    originalCode?: string
    responseCode?: number
    response?: string
  }
  // the library puts a code of its own over that of the system
  if (typeof originalCode === 'string') return describeSocketError(Object.assign(new Error(), { code: originalCode }))
  if (code === 'EAUTH') return `the mail server refuses user or password${responseCode ? ` (${responseCode})` : ''}`
  if (code === 'ETLS') return 'the mail server does not encrypt; set tls to what it does'
  if (typeof response === 'string' && responseCode)
    return `the mail server answers ${cleanText(response).slice(0, 200)}`
  // or leaves it in the text alone
  const message = error instanceof Error ? error.message : String(error)
  const systemCode = /\bE[A-Z]{4,}\b/.exec(message)?.[0]
  if (systemCode !== undefined) return describeSocketError(Object.assign(new Error(message), { code: systemCode }))
  return cleanText(message).slice(0, 200)
}
