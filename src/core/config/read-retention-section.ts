import { judgePolicy, listPolicies } from '../retention/policies.ts'
import type { ArchiveOptions, RetentionOptions } from '../retention/retention-options.ts'
import type { SectionValues } from './read-section.ts'
import type { RETENTION_KEYS } from './schema.ts'

type Section = SectionValues<typeof RETENTION_KEYS>

/** @param complain takes a sentence about the section */
export function readRetention({ values }: Section, complain: (problem: string) => void): RetentionOptions {
  const options: RetentionOptions = {
    metrics_detailed_days: values.metrics_detailed_days as number,
    metrics_summary_days: values.metrics_summary_days as number,
    metrics_delete_days: values.metrics_delete_days as number,
    audit_log_days: values.audit_log_days as number,
    alerts_days: values.alerts_days as number,
    commands_days: values.commands_days as number,
    agent_health_days: values.agent_health_days as number,
    hour: values.hour ?? null,
    archive: readArchive(values, complain),
  }
  const { metrics_detailed_days, metrics_summary_days, metrics_delete_days } = options
  if (![metrics_detailed_days, metrics_summary_days, metrics_delete_days].includes(undefined as never)) {
    const problem = listPolicies(options, [])
      .map(judgePolicy)
      .find((each) => each !== null)
    if (problem)
      complain(
        `[retention] metrics_detailed_days, metrics_summary_days and metrics_delete_days: write them in rising order, not ${metrics_detailed_days}, ${metrics_summary_days} and ${metrics_delete_days}`,
      )
  }
  return options
}

function readArchive(values: Section['values'], complain: (problem: string) => void): ArchiveOptions | null {
  if (values.archive === 'none') return null
  if (values.archive !== 's3') return { kind: 'directory', directory: values.archive_directory ?? null }
  const { s3_bucket, s3_access_key_id: id, s3_secret_access_key: secret } = values
  if (s3_bucket === undefined) complain('[retention] archive = s3 wants s3_bucket as well')
  if ((id === undefined) !== (secret === undefined)) {
    complain('[retention] s3_access_key_id and s3_secret_access_key go together')
  }
  return {
    kind: 's3',
    bucket: s3_bucket ?? '',
    prefix: (values.s3_prefix ?? '').replace(/^\/+|\/+$/g, ''),
    endpoint: values.s3_endpoint ?? null,
    region: values.s3_region as string,
    access_key: id === undefined || secret === undefined ? null : { id, secret },
  }
}
