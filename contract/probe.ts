/**
 * A try of the connection between a gateway and a country's node: the gateway sends one leg that reads no record, and reports what either side
 * objects to. The gateway's operator server does it (`POST /probe`), for `istmo probe` and `istmo join --probe`.
 */
import { z } from 'zod'

/**
 * What the leg of a probe asks: a name of the schema that each caller knows. Its name marks it in the audit logs of both sides.
 */
export const PROBE_QUERY = 'query IstmoProbe { __typename }'

/** The header by which a node says to a probe that the domain has no row at all: then each answer is empty, and looks like a true «no». */
export const ROWS_HEADER = 'Istmo-Rows'
/** The value of {@link ROWS_HEADER}. Without the header, there are rows, or the node does not know. */
export const NO_ROWS = 'none'

/** The name of the operation in {@link PROBE_QUERY}. */
export const PROBE_NAME = 'IstmoProbe'

/**
 * What is tried, in this order. `FILE`: the country's file beside the gateway's graph. `NAME`: the address of the host. `CONNECTION`: a TCP connection.
 * `SERVER`: the certificate of the node's server. `LEG`: the leg with its token and the gateway's certificate. `CLOCK`: whether the clocks agree. `RECEIPT`:
 * the receipt of the leg. `KEY`: the key of the country's audit log, as the node gives it. `RULES`: whether the node decides by the same rules and SDLs.
 */
export const PROBE_STEPS = ['FILE', 'NAME', 'CONNECTION', 'SERVER', 'LEG', 'CLOCK', 'RECEIPT', 'KEY', 'RULES'] as const
/** One of {@link PROBE_STEPS}. */
export type ProbeStep = (typeof PROBE_STEPS)[number]

/** `SKIPPED`: an earlier step failed. `UNKNOWN`: there is nothing to compare with. */
const VERDICTS = ['OK', 'WRONG', 'SKIPPED', 'UNKNOWN'] as const

const stepResult = z
  .strictObject({
    step: z.enum(PROBE_STEPS),
    verdict: z.enum(VERDICTS),
    /**
     * Why it is wrong: a code of the node, of our errors, of the operating system or of TLS. Null if a text says it, or if nothing is wrong. At a
     * step that is right: what somebody should look at, `NO_ROWS`.
     */
    code: z.string().max(100).nullable(),
    /** What was found, for a person: an address, a certificate, the fault of a file. Null if there is nothing to say. */
    found: z.string().max(20_000).nullable(),
  })
  .readonly()

/** What one step came to. */
export type ProbeStepResult = z.infer<typeof stepResult>

const reportSchema = z.strictObject({
  country: z.string(),
  /** The id of the probe's request in the audit logs of both sides; null if no leg was sent. */
  requestId: z.string().nullable(),
  /** SHA-256 of the certificate that the gateway shows, base64url; null if it shows none. */
  gatewayCertificate: z.string().nullable(),
  /** The gateway's name: `iss` of its leg tokens. */
  gatewayName: z.string(),
  /** In the order of the country's file. `domain` is null for what is about the whole file. */
  parts: z
    .array(
      z
        .strictObject({
          domain: z.string().nullable(),
          url: z.string().nullable(),
          steps: z.array(stepResult).readonly(),
        })
        .readonly(),
    )
    .readonly(),
})

/** What a probe found. */
export type ProbeReport = Readonly<z.infer<typeof reportSchema>>

/** One part of a {@link ProbeReport}. */
export type ProbePart = ProbeReport['parts'][number]

/** Parses a report. @throws {Error} if it has another form. */
export function parseProbeReport(value: unknown): ProbeReport {
  const parsed = reportSchema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new Error(
    'expected the report of a probe; came something else. Is the address that of a gateway’s operator server?',
  )
}

/** The largest file of a bundle, in characters. */
const MAX_FILE = 100_000

/** The body of `POST /probe`: the country's file and the files that it names, by their names without a folder. */
export const PROBE_REQUEST = z.strictObject({
  country: z.string().regex(/^[A-Z]{2}$/, 'expected the code of a country'),
  files: z
    .record(z.string(), z.string().max(MAX_FILE))
    .refine((files) => Object.keys(files).every(isPlainName), 'expected names of files, without a folder'),
})

/** Checks whether a name of a file has no folder and nothing that a system reads otherwise. */
export function isPlainName(name: string): boolean {
  return /^[A-Za-z0-9][\w.-]{0,99}$/.test(name)
}

/** What a country sends for a probe. */
export type ProbeRequest = z.infer<typeof PROBE_REQUEST>

/** Whether all that could be tried is right. */
export function isProbeGood({ parts }: ProbeReport): boolean {
  return parts.every(({ steps }) => steps.every(({ verdict }) => verdict === 'OK' || verdict === 'UNKNOWN'))
}
