/**
 * A small certificate authority (RFC 5280) for those who have none: it issues the certificates by which gateway, nodes and authorities know
 * one another. The keys are P-256, which each TLS library knows.
 */
import 'reflect-metadata'
import { createPrivateKey, createPublicKey, randomBytes, webcrypto, X509Certificate } from 'node:crypto'
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  X509Certificate as ParsedCertificate,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from '@peculiar/x509'

/** A certificate and its private key (PKCS #8), both in PEM. */
export interface KeyedCertificate {
  readonly cert: string
  readonly key: string
}

/** A certificate authority: a certificate that signs others, and its key. */
export type Authority = KeyedCertificate

/** From when to when a certificate holds, in milliseconds since the epoch. */
export interface Validity {
  readonly notBefore: number
  readonly notAfter: number
}

/** What a certificate is for: whom it names, and by which names and addresses it is reached. */
export interface CertificateRequest {
  /** The common name of its subject, for people. */
  readonly name: string
  /** A server's certificate never proves a client, nor the other way round (RFC 5280, section 4.2.1.12). */
  readonly use: 'server' | 'client'
  readonly dnsNames?: readonly string[]
  readonly ipAddresses?: readonly string[]
  /** The private key in PEM (PKCS #8) that it certifies. Default: a new one. A kept key keeps the pins of partners. */
  readonly key?: string
}

const KEY_ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' }
const SIGNING_ALGORITHM = { name: 'ECDSA', hash: 'SHA-256' }

/** The names that each program shows alike. X.509 allows more, which libraries read differently. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}$/

/** RFC 5280, section 4.1.2.2 allows 20 bytes. Sixteen random ones cannot be guessed and do not repeat. */
const SERIAL_BYTES = 16

/**
 * Makes an authority that issues certificates, and no further authorities.
 * @param name its common name, for people.
 * @throws {Error} if the name is not 1 to 64 letters, digits, spaces and `._-`.
 */
export async function createAuthority(name: string, validity: Validity): Promise<Authority> {
  checkName(name)
  const keys = await createKeys()
  const certificate = await X509CertificateGenerator.createSelfSigned({
    keys,
    name: [{ CN: [name] }],
    serialNumber: drawSerial(),
    signingAlgorithm: SIGNING_ALGORITHM,
    ...toDates(validity),
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return { cert: `${certificate.toString('pem')}\n`, key: await toPem(keys.privateKey) }
}

/**
 * Issues a certificate.
 * @throws {Error} if the request's name has a wrong form, if its key is not a P-256 key, or if the authority's files do not belong together.
 */
export async function issueCertificate(
  authority: Authority,
  request: CertificateRequest,
  validity: Validity,
): Promise<KeyedCertificate> {
  checkName(request.name)
  const issuer = new ParsedCertificate(authority.cert)
  if (!new X509Certificate(authority.cert).checkPrivateKey(createPrivateKey(authority.key)))
    throw new Error('expected the key of the authority’s certificate; came another key')
  const keys = request.key === undefined ? await createKeys() : await readKeys(request.key)
  const signingKey = await importKey(authority.key)
  const certificate = await X509CertificateGenerator.create({
    publicKey: keys.publicKey,
    signingKey,
    signingAlgorithm: SIGNING_ALGORITHM,
    serialNumber: drawSerial(),
    subject: [{ CN: [request.name] }],
    issuer: issuer.subjectName,
    ...toDates(validity),
    extensions: await listExtensions(request, issuer, keys.publicKey),
  })
  return { cert: `${certificate.toString('pem')}\n`, key: request.key ?? (await toPem(keys.privateKey)) }
}

/** Checks the common name of a certificate. @throws {Error} if it is not 1 to 64 letters, digits, spaces and `._-`. */
function checkName(name: string): void {
  if (NAME.test(name)) return
  throw new Error(`expected a name of 1 to 64 letters, digits, spaces and «._-»; came ${JSON.stringify(name)}`)
}

async function listExtensions(
  { use, dnsNames = [], ipAddresses = [] }: CertificateRequest,
  issuer: ParsedCertificate,
  publicKey: webcrypto.CryptoKey,
): Promise<Extension[]> {
  const usage = use === 'server' ? ExtendedKeyUsage.serverAuth : ExtendedKeyUsage.clientAuth
  const names = [
    ...dnsNames.map((value) => ({ type: 'dns' as const, value })),
    ...ipAddresses.map((value) => ({ type: 'ip' as const, value })),
  ]
  return [
    new BasicConstraintsExtension(false, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    new ExtendedKeyUsageExtension([usage]),
    ...(names.length === 0 ? [] : [new SubjectAlternativeNameExtension(names)]),
    await SubjectKeyIdentifierExtension.create(publicKey),
    await AuthorityKeyIdentifierExtension.create(issuer),
  ]
}

function createKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(KEY_ALGORITHM, true, ['sign', 'verify']) as Promise<webcrypto.CryptoKeyPair>
}

async function readKeys(pem: string): Promise<webcrypto.CryptoKeyPair> {
  const der = createPublicKey(pem).export({ type: 'spki', format: 'der' })
  const publicKey = await webcrypto.subtle.importKey('spki', der, KEY_ALGORITHM, true, ['verify'])
  return { privateKey: await importKey(pem), publicKey } as webcrypto.CryptoKeyPair
}

async function importKey(pem: string): Promise<webcrypto.CryptoKey> {
  const der = createPrivateKey(pem).export({ type: 'pkcs8', format: 'der' })
  return (await webcrypto.subtle.importKey('pkcs8', der, KEY_ALGORITHM, false, ['sign'])) as webcrypto.CryptoKey
}

async function toPem(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key))
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
    .export({ type: 'pkcs8', format: 'pem' })
    .toString()
}

function drawSerial(): string {
  const bytes = randomBytes(SERIAL_BYTES)
  // The first bit is the sign, and a first byte of zero would be cut off.
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40
  return bytes.toString('hex')
}

function toDates({ notBefore, notAfter }: Validity): { readonly notBefore: Date; readonly notAfter: Date } {
  return { notBefore: new Date(notBefore), notAfter: new Date(notAfter) }
}
