// Package sdktest lets the vendor's own Go SDK check the emulator: it signs the requests, encodes the
// bodies and decodes the answers. Each answer is decoded a second time with unknown members refused,
// so that the emulator can neither miss nor invent one. It is a module of its own, which keeps the SDK
// out of the tool's dependencies.
//
// Where the SDK's types and the vendor's manual differ, the types win:
//
//   - The SDK signs host only when it has set that header itself, so x-sdk-date is the only header
//     that the emulator wants signed.
//   - PUT app-codes, PUT app-acl and GET app-codes/{id} answer 201, which the SDK accepts as any 2xx.
//   - The domains of a group have no is_http_redirect_to_https; only bind and update show it.
//   - The failure list of a batch unbind has api_id and api_name; the manual's example leaves them out.
package sdktest
