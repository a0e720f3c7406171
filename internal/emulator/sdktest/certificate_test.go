package sdktest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"testing"
	"time"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/apig/v2/model"
)

// issued returns a certificate with this serial number, and its key, as PEM.
func issued(t *testing.T, serial int64) (certificate, key string) {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	of := &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "shop.example.com"}, DNSNames: []string{"shop.example.com"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, of, of, k.Public(), k)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})), string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}))
}

// TestCertificate uploads a certificate, renews it, and cannot delete it while a domain uses it.
func TestCertificate(t *testing.T) {
	c := newClient(t)
	form := func(serial int64) *model.CertificateForm {
		content, key := issued(t, serial)
		return &model.CertificateForm{Name: "shop_2026", CertContent: content, PrivateKey: key, Type: new(model.GetCertificateFormTypeEnum().INSTANCE), InstanceId: new(instance)}
	}
	made := call(c, c.CreateCertificateV2, model.CreateCertificateV2Request{Body: form(1200)})
	renewed := call(c, c.UpdateCertificateV2, model.UpdateCertificateV2Request{CertificateId: *made.Id, Body: form(1300)})
	if *renewed.Id != *made.Id || *made.SerialNumber != "1200" || *renewed.SerialNumber != "1300" || renewed.AlgorithmType.Value() != "ECC" {
		t.Errorf("renewed: %v", renewed)
	}
	other := form(1400)
	other.Type, other.InstanceId = new(model.GetCertificateFormTypeEnum().GLOBAL), nil
	refused(c, c.UpdateCertificateV2, model.UpdateCertificateV2Request{CertificateId: *made.Id, Body: other}, 400, "APIG.2011")
	other.PrivateKey = form(1500).PrivateKey
	refused(c, c.CreateCertificateV2, model.CreateCertificateV2Request{Body: other}, 400, "APIG.2101")

	group := (*call(c, c.ListApiGroupsV2, model.ListApiGroupsV2Request{InstanceId: instance, Name: new("orders")}).Groups)[0].Id
	domain := *call(c, c.AssociateDomainV2, model.AssociateDomainV2Request{InstanceId: instance, GroupId: group, Body: &model.UrlDomainCreate{UrlDomain: new("shop.example.com")}}).Id
	one := &model.AttachOrDetachCertsReqBody{CertificateIds: []string{*made.Id}}
	call(c, c.BatchAssociateCertsV2, model.BatchAssociateCertsV2Request{InstanceId: instance, GroupId: group, DomainId: domain, Body: one})
	refused(c, c.DeleteCertificateV2, model.DeleteCertificateV2Request{CertificateId: *made.Id}, 400, "APIG.2000")
	call(c, c.BatchDisassociateCertsV2, model.BatchDisassociateCertsV2Request{InstanceId: instance, GroupId: group, DomainId: domain, Body: one})
	call(c, c.DeleteCertificateV2, model.DeleteCertificateV2Request{CertificateId: *made.Id})
}
