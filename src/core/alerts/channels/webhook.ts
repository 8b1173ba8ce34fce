import { readFile } from 'node:fs/promises'
import { postWebhook } from '../../client/post-webhook.ts'
import type { WebhookOptions } from '../alert-options.ts'
import type { Channel } from './channel.ts'
import { renderNotice } from './render-notice.ts'
import { signBody } from './sign-body.ts'

/** JSON to a URL. Any 2xx is a receipt. */
export function createWebhook({ url, secret, ca }: WebhookOptions): Channel {
  return {
    async send(notice, signal) {
      const body = renderNotice(notice)
      const seconds = Math.floor(Date.parse(notice.sent_at) / 1000)
      return postWebhook({
        url,
        ca: ca === null ? null : await readFile(ca, 'utf8'),
        body,
        headers: {
          'content-type': 'application/json',
          'user-agent': 'printmaster',
          'idempotency-key': notice.delivery_id,
          ...(secret !== null && { 'x-printmaster-signature': signBody(body, secret, seconds) }),
        },
        signal,
      })
    },
  }
}
