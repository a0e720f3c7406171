package kind

import (
	"encoding/base64"
	"encoding/pem"
)

// Certificates and keys for made-up states: each certificate is signed by its own key, and is good for nothing else. Some
// tests draw pairs until they belong together.
var (
	madeCertificates = map[string][]string{
		"ECC": {madePEM(certificateBlock, madeFirst), madePEM(certificateBlock, madeSecond)},
		"RSA": {madePEM(certificateBlock, madeRSA)},
	}
	madeKeys = map[string][]string{
		"ECC": {madePEM("PRIVATE KEY", madeFirstKey), madePEM("PRIVATE KEY", madeSecondKey)},
		"RSA": {madePEM("PRIVATE KEY", madeRSAKey)},
	}
	madeRoot = madePEM(certificateBlock, madeRootCA)
)

func madePEM(block, text string) string {
	der, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		panic(err) // a text below is not what it was
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: block, Bytes: der}))
}

const (
	madeFirst = "MIIBUjCB+aADAgECAgISNDAKBggqhkjOPQQDAjAbMRkwFwYDVQQDExBzaG9wLmV4YW1wbGUuY29tMB4XDTI2MDEwMTAwMDAwMFoXDTM2MDEwMTAwMDAwMFow" +
		"GzEZMBcGA1UEAxMQc2hvcC5leGFtcGxlLmNvbTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABCOqVOFKT4MsDpJTIpnKFbNFzwy5z2VxOKrn0TJeDkby8/Yi" +
		"HRRqs+VaqrxNAWbzsLv85fUOOOnDC6k3w3DDwOqjLTArMAwGA1UdEwEB/wQCMAAwGwYDVR0RBBQwEoIQc2hvcC5leGFtcGxlLmNvbTAKBggqhkjOPQQDAgNI" +
		"ADBFAiEAhIs6YiDdzbZ9i51BOo2vy4erjc34G3iq39cKWF+K1s0CIFMuoo/MGvISJkqteg133gDLagxWEU4CrzU5Igfy5CEX"
	madeFirstKey = "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgbuI6gnhAawmdh06vLbnoo92kE77XPFUQ1GeQVgKun5WhRANCAAQjqlThSk+DLA6SUyKZyhWz" +
		"Rc8Muc9lcTiq59EyXg5G8vP2Ih0UarPlWqq8TQFm87C7/OX1DjjpwwupN8Nww8Dq"
	madeSecond = "MIIBUjCB+aADAgECAgISNTAKBggqhkjOPQQDAjAbMRkwFwYDVQQDExBzaG9wLmV4YW1wbGUuY29tMB4XDTI2MDEwMTAwMDAwMFoXDTM3MDEwMTAwMDAwMFow" +
		"GzEZMBcGA1UEAxMQc2hvcC5leGFtcGxlLmNvbTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABCSUANs+baHCUI+cGMzXOyWk79ORSEa4J0zTiHRb8B6XW9z1" +
		"l0siB8QIRI3+ADTT46ve1VTnzIgk8nsiv7yD+1+jLTArMAwGA1UdEwEB/wQCMAAwGwYDVR0RBBQwEoIQc2hvcC5leGFtcGxlLmNvbTAKBggqhkjOPQQDAgNI" +
		"ADBFAiAgp2VNsbRoITuwPPFNEHFZqmvc5R2RAHMOZMQBiX9LOgIhANzhXAOhPTeFtGYpkc0UGESuy+2Q8D9vt2UM+sLJ2a9l"
	madeSecondKey = "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQguICCXN9hBhtEClz3JeWMFZM7tQM+rbp7QNgAx11UZDqhRANCAAQklADbPm2hwlCPnBjM1zsl" +
		"pO/TkUhGuCdM04h0W/Ael1vc9ZdLIgfECESN/gA00+Or3tVU58yIJPJ7Ir+8g/tf"
	madeRSA = "MIIB3TCCAUagAwIBAgICEjYwDQYJKoZIhvcNAQELBQAwGzEZMBcGA1UEAxMQc2hvcC5leGFtcGxlLmNvbTAeFw0yNjAxMDEwMDAwMDBaFw0zNjAxMDEwMDAw" +
		"MDBaMBsxGTAXBgNVBAMTEHNob3AuZXhhbXBsZS5jb20wgZ8wDQYJKoZIhvcNAQEBBQADgY0AMIGJAoGBANnRk2+18uShPAauSMdFTMWTJqy1MHQUKocXAUnM" +
		"HjRRqE/VB5LiBJVsVywwca49+7M9H7kTInvYTYDcnocPJlrWg4hn20hLjcXAiS/V4z4dBmsyQGNDJSqukt4n5Sa279BlkMcLTpbH9NCigXDBGoByMnE60B7R" +
		"ndd/nwfWeVCZAgMBAAGjMDAuMCwGA1UdEQQlMCOCEHNob3AuZXhhbXBsZS5jb22CD3d3dy5leGFtcGxlLmNvbTANBgkqhkiG9w0BAQsFAAOBgQAbvrnY8B9o" +
		"L7fyCvHfkFAXIGwHdUS6lVyYIFvSM7v0Bc//Vy4+juLZJQ/dbYt+/nFXmVBGBm4xWE/Bhq9ICOpCzMf/iFmKOl9YPnyTDcC4PlVk7r4Cj1Fa6OPbL6pzq3wd" +
		"75xx9JQW2vIOfX+2bLMjF6LZhlnhTcihI8GtLvHKEA=="
	madeRSAKey = "MIICdwIBADANBgkqhkiG9w0BAQEFAASCAmEwggJdAgEAAoGBANnRk2+18uShPAauSMdFTMWTJqy1MHQUKocXAUnMHjRRqE/VB5LiBJVsVywwca49+7M9H7kT" +
		"InvYTYDcnocPJlrWg4hn20hLjcXAiS/V4z4dBmsyQGNDJSqukt4n5Sa279BlkMcLTpbH9NCigXDBGoByMnE60B7Rndd/nwfWeVCZAgMBAAECgYAF1u2J+CnL" +
		"4Vq3nyKKXRxCy8AkrzLeWdAOERrSvKsuoeXORhrO4EpZKy9nGuFhV34Q/xmDn7Sz90eUpdWGL2zKw/1jY7RV4HyB4dCD33TCpfLtHuQz0vmRjTresx4yBWX9" +
		"MMsZmi1VnJ316tSMAx31foyStbAqyejBp9seWgTu0QJBAOcmAGZfeqy+HBwk4Gajhk7TNSdXrKjNR/9vbJ31QA1kQMdOiuu7QpMOk783FWrrhlgPKuvwFR+9" +
		"z2Svx+TWcfUCQQDxPLFfNe1Di5DTZWAx0NKoO8wkpsBW011lNKWOeBzsRo7Gk3q8NyE3uuLfuderkdH1s8YyeyRY6rs7BahkjemVAkBBWutOBr0GzpHgG0Uf" +
		"gCjfbLRgtVdqOvCadoS9fLRplOkD8V8yG7ZNIhgAPrDdlE5d45v9LdqrKN3U2Caquz9pAkEAm9jM8iihnqh0qM1uZuB0p3DyQp9j1PP5+18WscLRVKeEp68x" +
		"dJTdJebbmROzzEiJbwV0PrqlUbhbuxa9ojC4PQJBAMUOXUPNBHSSIX9Z0ELHKmfelEMtQpzLECqE6kmzFhA9U/zf6plAkQF8Mss3qn84AE+HesNz0YD6O49/" +
		"jZd24NI="
	madeRootCA = "MIIBTTCB9aADAgECAgEBMAoGCCqGSM49BAMCMBcxFTATBgNVBAMTDEV4YW1wbGUgUm9vdDAeFw0yNjAxMDEwMDAwMDBaFw0zNzAxMDEwMDAwMDBaMBcxFTAT" +
		"BgNVBAMTDEV4YW1wbGUgUm9vdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABP9YUzrFkak3VY3km3TJuHRE1joz5GN4q9vdzDISNsqoVj+DScroIi0xjPSr" +
		"pXW5/So7ysQus9G3C0RB8bC8orijMjAwMA8GA1UdEwEB/wQFMAMBAf8wHQYDVR0OBBYEFAVrprH9qVNC2827pqRGBuotNDLSMAoGCCqGSM49BAMCA0cAMEQC" +
		"IAP8+JsqnShrkiFy29loxrhUcu/iWHJC+XCBfH9NDC3iAiBXcEheK3Gj3k8Z/0gnP3ttSN5tB5CJQv6j+a0DNfGE5w=="
)
