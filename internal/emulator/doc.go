// Package emulator is the management API of one Huawei Cloud APIG dedicated gateway as an
// [net/http.Handler], in memory. It is strict: what the vendor's reference refuses, it refuses, with
// the same status and error code; what the reference leaves open is a switch of [Behaviour]; and
// [Fault] rules bring the troubles of a network and of a service under load. An operation that it
// does not know is answered 404, never with a made-up success.
//
// It shares no type with the packages that talk to gateways, so that a mistake about the wire cannot
// cancel itself out. The module below sdktest drives it with the vendor's own SDK.
package emulator

// FaultHelp explains the rules that [ParseFault] reads.
const FaultHelp = `A fault is words separated by spaces: what it strikes, when, and what happens.

  op=GLOB              operations by the vendor's name, such as op=Create* (default: all)
  bind=GLOB            single items of batch operations (unbind, authorize, publish) by API,
                       NAME or GROUP/NAME; attaching a plugin fails as a whole
  bind-id=ID           single items by binding id (batch deletion of ACLs: by ACL id)

  skip=N               let the first N matches pass
  every=N              strike every N-th match
  p=0.2                strike with this probability, which follows from the seed
  count=N              strike N times at most

  status=N code=CODE   answer with this error instead of carrying the request out (each has a
                       default: 500, APIG.9999), with message="TEXT" and retry-after=DURATION;
                       after: carry it out all the same
  lost-reply           carry the request out, then drop the connection
  reset                drop the connection before anything happens
  refuse               refuse the connection (over a socket the same as reset)
  torn                 end the answer in the middle
  wrong-type           change the type of each member of the answer
  slow=DURATION        wait before carrying the request out

  op=CreateAcl* every=5 count=3 status=500 code=APIG.9999
  op=* p=0.2 lost-reply
  op=BatchDisassociate* bind=orders/create_order code=APIG.9999 message="System error"
`
