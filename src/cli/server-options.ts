import type { Config } from '../core/config/config.ts'
import type { ServerOptions } from '../core/server/server-options.ts'

/** What config says, in the server's own terms. */
export function toServerOptions(config: Config, database: string): ServerOptions {
  const { listen, security, tls, presence, alerts, retention, metrics } = config
  const { requests_per_second, burst, refused_attempts, enrolment_token } = security
  return {
    listen,
    tls,
    database,
    limits: { requests_per_second, burst, refused_attempts },
    ...presence,
    alerts,
    retention,
    audit_key: security.audit_key,
    device_metrics: metrics.per_device,
    enrolment_token,
  }
}
