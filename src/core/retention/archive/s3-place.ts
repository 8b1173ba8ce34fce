import type { S3Client as Client } from '@aws-sdk/client-s3'
import { PrintMasterError } from '../../model/error.ts'
import type { ArchiveOptions } from '../retention-options.ts'
import type { ArchivePlace } from './place.ts'

type S3Options = Extract<ArchiveOptions, { kind: 's3' }>

const REQUEST_MS = 60_000

/** Objects of a bucket. What is written has to fit into memory: our files are parts of a bounded size. */
export async function openS3Place(options: S3Options): Promise<ArchivePlace> {
  const { GetObjectCommand, PutObjectCommand, S3Client } = await import('@aws-sdk/client-s3')
  const { bucket, prefix, endpoint, region, access_key } = options
  const client: Client = new S3Client({
    region,
    // not every store knows the checksums that Amazon's does
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    maxAttempts: 3,
    requestHandler: { requestTimeout: REQUEST_MS, connectionTimeout: 10_000 },
    ...(endpoint !== null && { endpoint, forcePathStyle: true }),
    ...(access_key !== null && {
      credentials: { accessKeyId: access_key.id, secretAccessKey: access_key.secret.reveal() },
    }),
  })
  const place = describeS3(options)
  const keyOf = (name: string) => (prefix === '' ? name : `${prefix}/${name}`)
  const failed = (what: string, error: unknown) =>
    new PrintMasterError('archive_failed', `${place}: ${what}: ${why(error, bucket)}`, { cause: error })

  return {
    describe: () => place,
    async write(name, content) {
      const parts: Uint8Array[] = []
      for await (const bytes of content) parts.push(bytes)
      const Body = Buffer.concat(parts)
      try {
        await client.send(new PutObjectCommand({ Bucket: bucket, Key: keyOf(name), Body, ContentLength: Body.length }))
      } catch (error) {
        throw failed(`${name} cannot be written`, error)
      }
    },
    async *read(name) {
      try {
        const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: keyOf(name) }))
        if (Body !== undefined) yield* Body as AsyncIterable<Uint8Array>
      } catch (error) {
        throw failed(`${name} cannot be read`, error)
      }
    },
    close: async () => client.destroy(),
  }
}

/** For people. */
export const describeS3 = ({ bucket, prefix, endpoint }: S3Options) =>
  `s3://${bucket}${prefix === '' ? '' : `/${prefix}`}${endpoint === null ? '' : ` at ${endpoint}`}`

const REASONS: Readonly<Record<string, string>> = {
  NoSuchBucket: 'there is no such bucket; make it, or set another [retention] s3_bucket',
  NoSuchKey: 'there is no such object',
  NotFound: 'there is no such object',
  InvalidAccessKeyId: 'the access key is not known there; check [retention] s3_access_key_id',
  SignatureDoesNotMatch: 'the secret does not fit the access key; check [retention] s3_secret_access_key',
  AccessDenied: 'access is denied; check the rights of the access key',
  CredentialsProviderError: 'there is no access key; set [retention] s3_access_key_id and s3_secret_access_key',
  ECONNREFUSED: 'nothing listens there; check [retention] s3_endpoint',
  ECONNRESET: 'the connection was cut',
  ENOTFOUND: 'its name is not known; check [retention] s3_endpoint',
  ETIMEDOUT: 'it does not answer',
  TimeoutError: 'it does not answer',
}

/** Never the text of an answer: it may repeat what was sent. */
function why(error: unknown, bucket: string): string {
  const { name, code, $metadata } = error as {
    name?: string
    code?: string
    $metadata?: { httpStatusCode?: number }
  }
  for (const word of [code, name]) {
    if (word !== undefined && Object.hasOwn(REASONS, word)) return REASONS[word] as string
  }
  const status = $metadata?.httpStatusCode
  if (status === 403) return REASONS.AccessDenied as string
  if (status === 404) return `there is no such object, or no bucket ${bucket}`
  return status === undefined ? (name ?? 'it failed') : `it answers with status ${status}`
}
