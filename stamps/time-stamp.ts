import { createHash, verify, X509Certificate } from 'node:crypto'
import {
  type Attribute,
  ContentInfo,
  IssuerAndSerialNumber,
  id_signedData,
  SignedData,
  type SignerInfo,
} from '@peculiar/asn1-cms'
import { AsnConvert, AsnParser, AsnSerializer, OctetString } from '@peculiar/asn1-schema'
import { id_ct_tstInfo, MessageImprint, PKIStatus, TimeStampReq, TimeStampResp, TSTInfo } from '@peculiar/asn1-tsp'
import { AlgorithmIdentifier } from '@peculiar/asn1-x509'

/** Time stamps of an authority outside (RFC 3161): what is asked, and how an answer is verified offline. */

const SHA256_OID = '2.16.840.1.101.3.4.2.1'

/** The digests that a signer may use, by their OID. */
const DIGESTS: Readonly<Record<string, string>> = {
  [SHA256_OID]: 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
}

const CONTENT_TYPE_OID = '1.2.840.113549.1.9.3'
const MESSAGE_DIGEST_OID = '1.2.840.113549.1.9.4'

/** The OID of a stamp's content (`id_ct_tstInfo`) in DER. */
const TST_INFO_DER = Buffer.from('060b2a864886f70d0109100104', 'hex')

/** The purpose that an authority's certificate must have: id-kp-timeStamping (RFC 3161, section 2.3). */
const TIME_STAMPING_OID = '1.3.6.1.5.5.7.3.8'

/** The most certificates between the signer's and a trusted one. */
const MAX_CHAIN = 5

/** A stamp that does not hold. The message says what was expected and what came. */
export class StampError extends Error {
  override readonly name = 'StampError'
}

/**
 * Makes a request for a stamp (RFC 3161, section 2.4.1).
 * @param hash SHA-256 of what is stamped
 * @param nonce random bytes that the answer must repeat
 */
export function makeStampQuery(hash: Uint8Array, nonce: Uint8Array): Uint8Array {
  const hashAlgorithm = new AlgorithmIdentifier({ algorithm: SHA256_OID, parameters: null })
  const messageImprint = new MessageImprint({ hashAlgorithm, hashedMessage: new OctetString(hash) })
  const query = new TimeStampReq({ version: 1, messageImprint, nonce: toInteger(nonce), certReq: true })
  return new Uint8Array(AsnSerializer.serialize(query))
}

/** The content of an INTEGER: the first bit must be 0, because the nonce is not negative. */
function toInteger(bytes: Uint8Array): ArrayBuffer {
  const copy = Uint8Array.from(bytes)
  copy[0] = ((copy[0] ?? 0) & 0x7f) | 0x40
  return copy.buffer
}

/**
 * Verifies the answer of an authority: the hash, the signature over it, the purpose of the signer's certificate, and that this certificate
 * leads to a trusted one and was valid at the time of the stamp.
 * @param bytes the answer, a TimeStampResp in DER
 * @param hash SHA-256 of what should be stamped
 * @param trusted the certificate of the authority, or of a root above it
 * @param nonce that of the request; an older stamp is verified without it
 * @returns when it was stamped (RFC 3339, in UTC), the serial number in hexadecimal digits, and the name in the signer's certificate.
 * @throws {StampError} if any of it does not hold.
 */
export function verifyStamp(
  bytes: Uint8Array,
  hash: Uint8Array,
  trusted: readonly X509Certificate[],
  nonce?: Uint8Array,
) {
  const { signed, content } = readToken(bytes)
  const info = parse(content, TSTInfo, 'the content of a stamp')
  const { hashAlgorithm, hashedMessage } = info.messageImprint
  if (hashAlgorithm.algorithm !== SHA256_OID || !isSame(hashedMessage.buffer, hash)) {
    throw new StampError('expected a stamp of this checkpoint; came one of something else')
  }
  if (nonce !== undefined && (info.nonce === undefined || !isSame(info.nonce, toInteger(nonce)))) {
    throw new StampError('expected the answer to this request; came another nonce')
  }
  const [signer, ...others] = [...signed.signerInfos]
  if (signer === undefined || others.length > 0) throw new StampError('expected one signer of the stamp')
  const certificates = readCertificates(signed)
  const certificate = findSigner(signer, certificates)
  checkSignature(signer, certificate, content)
  checkChain(certificate, [...certificates.map(({ x509 }) => x509), ...trusted], trusted, info.genTime)
  return {
    stampedAt: info.genTime.toISOString(),
    serial:
      Buffer.from(info.serialNumber)
        .toString('hex')
        .replace(/^(00)+(?=.)/, '') || '0',
    authority: nameOf(certificate),
  }
}

function readToken(bytes: Uint8Array): { readonly signed: SignedData; readonly content: Uint8Array } {
  const { status, timeStampToken } = parse(bytes, TimeStampResp, 'the answer of an authority')
  if ((status.status !== PKIStatus.granted && status.status !== PKIStatus.grantedWithMods) || !timeStampToken) {
    throw new StampError(`expected a stamp; the authority answered with status ${status.status}`)
  }
  const token = AsnConvert.parse(AsnConvert.serialize(timeStampToken), ContentInfo)
  if (token.contentType !== id_signedData) throw new StampError('expected signed data as the stamp')
  const signed = parse(new Uint8Array(token.content), SignedData, 'the signed data of a stamp')
  const { eContentType, eContent } = signed.encapContentInfo
  if (eContentType !== id_ct_tstInfo || eContent?.single === undefined) {
    throw new StampError('expected a stamp with its content')
  }
  return { signed, content: new Uint8Array(eContent.single.buffer) }
}

interface TokenCertificate {
  readonly x509: X509Certificate
  readonly id: IssuerAndSerialNumber
}

function readCertificates({ certificates = [] as never }: SignedData): readonly TokenCertificate[] {
  return [...certificates].flatMap(({ certificate }) => {
    if (certificate === undefined) return []
    const { issuer, serialNumber } = certificate.tbsCertificate
    const x509 = new X509Certificate(Buffer.from(AsnSerializer.serialize(certificate)))
    return [{ x509, id: new IssuerAndSerialNumber({ issuer, serialNumber }) }]
  })
}

function findSigner({ sid }: SignerInfo, certificates: readonly TokenCertificate[]): X509Certificate {
  const wanted = sid.issuerAndSerialNumber
  if (wanted === undefined) throw new StampError('expected a stamp that names its signer by issuer and serial number')
  const bytes = AsnSerializer.serialize(wanted)
  const found = certificates.find(({ id }) => isSame(AsnSerializer.serialize(id), bytes))
  if (found === undefined) throw new StampError('expected the certificate of the signer in the stamp')
  return found.x509
}

/** Checks the signed attributes against the content, and the signature over them (RFC 5652, section 5.4). */
function checkSignature(signer: SignerInfo, certificate: X509Certificate, content: Uint8Array): void {
  const digest = DIGESTS[signer.digestAlgorithm.algorithm]
  if (digest === undefined) throw new StampError('expected a signature over SHA-256, SHA-384 or SHA-512')
  const attributes = signer.signedAttrs ?? []
  const contentType = attributeOf(attributes, CONTENT_TYPE_OID)
  const messageDigest = attributeOf(attributes, MESSAGE_DIGEST_OID)
  if (contentType === undefined || !isSame(contentType, TST_INFO_DER)) {
    throw new StampError('expected signed attributes of a stamp')
  }
  const came = messageDigest === undefined ? undefined : AsnParser.parse(messageDigest, OctetString).buffer
  if (came === undefined || !isSame(came, createHash(digest).update(content).digest())) {
    throw new StampError('expected the digest of this content in the signed attributes; came another')
  }
  // The signature is over the attributes as a SET OF, and not with the tag that they have in the signer's information.
  const signedBytes = setOf(attributes.map((attribute) => Buffer.from(AsnSerializer.serialize(attribute))))
  const signature = Buffer.from(signer.signature.buffer)
  if (!verify(digest, signedBytes, certificate.publicKey, signature)) {
    throw new StampError('expected a valid signature of the authority')
  }
}

function attributeOf(attributes: readonly Attribute[], type: string): ArrayBuffer | undefined {
  return attributes.find(({ attrType }) => attrType === type)?.attrValues[0]
}

/** Encodes a SET OF in DER: the items in the order of their bytes. */
function setOf(items: readonly Buffer[]): Buffer {
  const content = Buffer.concat([...items].sort(Buffer.compare))
  const length = content.length
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([0x31, ...size]), content])
}

/** Checks that a certificate may stamp, and leads to a trusted one through certificates that were valid at that time. */
function checkChain(
  certificate: X509Certificate,
  known: readonly X509Certificate[],
  trusted: readonly X509Certificate[],
  at: Date,
): void {
  // RFC 3161, section 2.3: this purpose and no other. The key of a web server that may stamp too is in too many hands.
  const purposes = certificate.keyUsage ?? []
  if (purposes.length !== 1 || purposes[0] !== TIME_STAMPING_OID) {
    throw new StampError('expected a certificate of an authority for time stamps; came one with another purpose')
  }
  let current = certificate
  for (let steps = 0; steps < MAX_CHAIN; steps++) {
    if (at < new Date(current.validFrom) || at > new Date(current.validTo)) {
      throw new StampError(`expected a certificate that was valid on ${at.toISOString()}; came ${nameOf(current)}`)
    }
    if (trusted.some(({ fingerprint256 }) => fingerprint256 === current.fingerprint256)) return
    const issued = current
    const issuer = known.find((each) => each.ca && issued.checkIssued(each) && issued.verify(each.publicKey))
    if (issuer === undefined || issuer.fingerprint256 === current.fingerprint256) break
    current = issuer
  }
  throw new StampError(`expected a signer that leads to a trusted certificate; came ${nameOf(certificate)}`)
}

function nameOf({ subject }: X509Certificate): string {
  return (/^CN=(.+)$/m.exec(subject)?.[1] ?? subject.replaceAll('\n', ', ')).slice(0, 200)
}

function parse<T>(bytes: Uint8Array, type: new () => T, what: string): T {
  try {
    return AsnParser.parse(bytes, type)
  } catch {
    throw new StampError(`expected ${what} in DER (RFC 3161)`)
  }
}

function isSame(one: ArrayBuffer | Uint8Array, other: ArrayBuffer | Uint8Array): boolean {
  return Buffer.compare(Buffer.from(one as ArrayBuffer), Buffer.from(other as ArrayBuffer)) === 0
}
