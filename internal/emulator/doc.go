// Package emulator implements the management API of one Huawei Cloud APIG dedicated gateway in memory, as an
// [net/http.Handler]. It refuses what the vendor's reference refuses, with the same status and error code. What the
// reference leaves open is a switch of [Behaviour], and [Fault] rules cause errors of the network and of a service under
// load. An unknown operation is answered with 404, never with an invented success.
//
// The package shares no type with the packages that talk to gateways. Otherwise a wrong idea of the API could be on both
// sides, and no test would find it. The module in sdktest uses the emulator with the vendor's own SDK.
package emulator

// FaultHelp explains the rules that [ParseFault] reads.
const FaultHelp = `A fault consists of words separated by spaces: which requests it strikes, when, and what happens.

  op=GLOB              operations with this name in the vendor's API, such as op=Create* (default: all)
  bind=GLOB            single items of batch operations (unbind, authorize, publish) by their API,
                       NAME or GROUP/NAME; attaching a plugin has no items that fail alone
  bind-id=ID           single items by the id of the binding (when ACLs are deleted: of the ACL)

  skip=N               do not strike the first N matches
  every=N              strike every N-th match
  p=0.2                strike with this probability; the same seed strikes the same matches
  count=N              strike at most N times

  status=N code=CODE   answer with this error and do not carry the request out (500 and APIG.9999
                       if only the other one is given); more: message="TEXT", retry-after=DURATION,
                       and after, which carries the request out before the error
  lost-reply           carry the request out, then drop the connection
  reset                drop the connection before anything happens
  refuse               refuse the connection (over a socket, the same as reset)
  torn                 cut the answer off in the middle
  wrong-type           change the type of each member of the answer
  slow=DURATION        wait before carrying the request out

  op=CreateAcl* every=5 count=3 status=500 code=APIG.9999
  op=* p=0.2 lost-reply
  op=BatchDisassociate* bind=orders/create_order code=APIG.9999 message="System error"
`
