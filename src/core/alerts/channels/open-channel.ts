import type { ChannelOptions } from '../alert-options.ts'
import type { Channel } from './channel.ts'
import { createCommand } from './command.ts'
import { createEmail } from './email.ts'
import { createSyslog } from './syslog.ts'
import { createWebhook } from './webhook.ts'

export function openChannel(options: ChannelOptions): Channel {
  switch (options.type) {
    case 'webhook':
      return createWebhook(options)
    case 'command':
      return createCommand(options)
    case 'syslog':
      return createSyslog(options)
    case 'email':
      return createEmail(options)
  }
}
