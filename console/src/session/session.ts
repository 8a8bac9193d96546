/** The one door behind which sign-in, tokens, keys and signed questions are. Pages know nothing else of them. */

/** Who is signed in, as the authority's token says it. */
export interface Officer {
  readonly country: string
  readonly agency: string | null
  readonly role: string | null
  /** What the token allows to ask for, such as `case:read`; null if it does not say so. */
  readonly scopes: readonly string[] | null
  /** The name or subject that the login provider gave. */
  readonly name: string
  /** The subject at the login provider: two officers may have one name. */
  readonly subject: string
}

/** A mandate that names the officer, as far as the console shows it. */
export interface OfficerMandate {
  /** Null if the authority's token does not say it. */
  readonly hash: string | null
  readonly taskForce: string | null
  readonly purposes: readonly string[]
  readonly countries: readonly string[]
  readonly legalBasis: readonly string[]
  /** The last day, `YYYY-MM-DD`. */
  readonly notAfter: string
  /** The digest of the one case that it is bound to, which a question must then disclose; null for any case. */
  readonly caseDigest: string | null
}

/** What an officer asks under. */
export interface ChosenGrounds {
  readonly purpose: string
  /** The disclosure of the case that came with a mandate of one case; else null. */
  readonly caseDisclosure: string | null
  /** The record id in the disclosure; null if there is none. */
  readonly caseId: string | null
}

/** Why nobody is signed in. */
export type SignInProblem =
  /** The provider sent the officer back with an error: `detail` is its word. */
  | { readonly kind: 'PROVIDER_REFUSED'; readonly detail: string }
  /** What came back does not belong to the sign-in that this window began. */
  | { readonly kind: 'NOT_BEGUN_HERE' }
  /** The provider or the authority did not answer. */
  | { readonly kind: 'NOT_REACHED'; readonly detail: string }
  /** No mandate in force names the officer. */
  | { readonly kind: 'NO_MANDATE' }
  /** The authority gave no token: `detail` is its reason. */
  | { readonly kind: 'TOKEN_REFUSED'; readonly detail: string }
  /** Somebody else signed in when the session was to be renewed. */
  | { readonly kind: 'OTHER_OFFICER' }

/** An officer who is signed in. */
export interface SignedIn {
  readonly kind: 'signed-in'
  readonly officer: Officer
  readonly mandate: OfficerMandate
  /** Null until a purpose is chosen: nothing can be asked before. */
  readonly grounds: ChosenGrounds | null
  /** When the sign-in ends, in milliseconds since the epoch. */
  readonly until: number
  /** Whether it has ended. Questions wait until it is renewed. */
  readonly isEnded: boolean
}

/** What a session is at one moment. */
export type SessionState =
  | { readonly kind: 'starting' }
  | { readonly kind: 'signed-out'; readonly problem: SignInProblem | null }
  /** This window only brought a sign-in back to the one that waits for it, and may be closed. */
  | { readonly kind: 'brought-back' }
  | { readonly kind: 'choosing'; readonly mandates: readonly OfficerMandate[] }
  | SignedIn

/** One operation of the console: a trusted document. `Data` and `Variables` are types only. */
export interface ConsoleDocument<Data, Variables extends object> {
  /** The name of the operation. */
  readonly name: string
  readonly text: string
  readonly types?: { readonly data: Data; readonly variables: Variables }
}

/** What one country did in one domain, as `extensions.countries` says it. */
export interface CountryReport {
  readonly country: string
  readonly domain: string
  readonly reach: string
  readonly code: string | null
}

/** An error of an answer. */
export interface AnswerProblem {
  /** In the officer's language. */
  readonly message: string
  readonly code: string
  readonly path: readonly (string | number)[]
  readonly country: string | null
  /** Such as `Person.identifiers`; null if the error is not about a field. */
  readonly coordinate: string | null
}

/** A field that a dry run says would be denied. */
export interface DeniedField {
  readonly path: readonly string[]
  readonly coordinate: string
  readonly country: string | null
  readonly rule: string
}

/** An answer. */
export interface SessionAnswer<Data> {
  /** The name of the operation that was asked. */
  readonly operation: string
  readonly data: Data | null
  readonly problems: readonly AnswerProblem[]
  readonly countries: readonly CountryReport[]
  /** What a dry run says would be denied; empty for a question. */
  readonly denied: readonly DeniedField[]
  /** The id of the request in the gateway's audit log. */
  readonly requestId: string | null
  /** When it came, in milliseconds since the epoch. */
  readonly at: number
  readonly purpose: string
}

/** How a question is asked. */
export interface AskOptions {
  /** The countries that may be asked. Default: the mandate's. */
  readonly countries?: readonly string[]
  /** Whether no country is asked, and the answer says what would be denied. */
  readonly isDryRun?: boolean
}

/** The gateway refused a question as a whole. */
export class RefusedQuestion extends Error {
  override readonly name = 'RefusedQuestion'
  readonly code: string
  readonly requestId: string | null
  constructor(code: string, message: string, requestId: string | null) {
    super(message)
    this.code = code
    this.requestId = requestId
  }
}

/** An officer's session. */
export interface Session {
  state(): SessionState
  /** Calls `listener` after each change. Returns the function that ends this. */
  subscribe(listener: () => void): () => void
  /** Goes to the login provider. `asOther` makes it ask who it is, also if somebody is logged in there. */
  signIn(asOther?: boolean): Promise<void>
  /** Renews a sign-in that ends, in a window of its own so that this page keeps what it shows. */
  renew(): Promise<void>
  /** Goes on with one of several mandates. */
  chooseMandate(mandate: OfficerMandate): Promise<void>
  /** Sets what the next questions are asked under. @throws {RangeError} if the mandate does not have the purpose. */
  setGrounds(grounds: ChosenGrounds): void
  /** Makes the next question quick, before somebody asks it. It asks nothing. Called when an officer does something. */
  prepare(): void
  /** Forgets all tokens and the key. */
  signOut(): Promise<void>
  /**
   * Signs a question and asks it. It waits while the sign-in has ended.
   * @throws {RefusedQuestion} if the gateway refused it as a whole.
   * @throws {ClientError} if nobody answered.
   */
  ask<Data, Variables extends object>(
    document: ConsoleDocument<Data, Variables>,
    variables: Variables,
    options?: AskOptions,
  ): Promise<SessionAnswer<Data>>
  /**
   * Sends a request with the officer's token and a proof of the session's key (RFC 9449). It signs no question, so only what asks no country takes it.
   * @param audience the address that the token must name.
   * @throws {ClientError} if nobody answered, or if the authority gave no token.
   */
  sendTo(audience: string, address: string, init: RequestInit & { readonly method: string }): Promise<Response>
  /** Returns a token of the login provider, for what else the officer's country serves. @throws {Error} if nobody is signed in. */
  providerToken(): Promise<string>
}
