declare module 'aws4' {
  interface Request {
    readonly service: 's3'
    readonly region: string
    readonly method: string
    readonly path: string
    readonly headers: Record<string, string>
    readonly body: Buffer
    readonly extraHeadersToIgnore: Record<string, boolean>
    readonly extraHeadersToInclude: Record<string, boolean>
  }
  /** Puts the header Authorization into the request. */
  export function sign(
    request: Request,
    credentials: { readonly accessKeyId: string; readonly secretAccessKey: string },
  ): { readonly headers: { readonly Authorization: string } }
}
