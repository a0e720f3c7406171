package api

import "strings"

// Operation is a call of the vendor's API that apigw-sync makes.
type Operation struct {
	Name string // the vendor's
	For  string // what it is about, in the words of --kind, or which commands make it

	// Action is what a custom policy of IAM must allow: the action of role- and policy-based authorization, as the vendor's
	// pages on the operation and on supported actions have it. An action that ends in ? is a guess from those of similar
	// operations, since those pages do not have it. "" means that the operation has no documented action.
	Action string
}

// Reads reports whether an operation changes nothing.
func (o Operation) Reads() bool {
	for _, verb := range []string{"List", "Show", "Keystone"} {
		if strings.HasPrefix(o.Name, verb) {
			return true
		}
	}
	return false
}

// Operations are all calls that any command can make. A test compares the list with the operations in the program's sources.
var Operations = []Operation{
	{"ListAclStrategiesV2", "acl", "apig:acls:list"},
	{"CreateAclStrategyV2", "acl", "apig:acls:create"},
	{"UpdateAclStrategyV2", "acl", "apig:acls:update?"},
	{"DeleteAclV2", "acl", "apig:acls:delete"},
	{"BatchDeleteAclV2", "acl", "apig:acls:delete"},
	{"ListApisBindedToAclPolicyV2", "acl_binding", "apig:acls:listBindedApis"},
	{"ListApisUnbindedToAclPolicyV2", "acl_binding", "apig:acls:listUnbindedApis?"},
	{"ListAclPolicyBindedToApiV2", "acl_binding", "apig:apis:listBindedAcls"},
	{"CreateApiAclBindingV2", "acl_binding", "apig:apis:bindAcls"},
	{"BatchDeleteApiAclBindingV2", "acl_binding", "apig:apis:unbindAcls?"},

	{"ListAppsV2", "app", "apig:apps:list"},
	{"CreateAnAppV2", "app", "apig:apps:create"},
	{"UpdateAppV2", "app", "apig:apps:update?"},
	{"DeleteAppV2", "app", "apig:apps:delete"},
	{"ShowDetailsOfAppAcl", "app_access_control", "apig:apps:get?"},
	{"UpdateAppAcl", "app_access_control", "apig:apps:get"},
	{"DeleteAppAcl", "app_access_control", "apig:apps:get?"},
	{"ListAppCodesV2", "app_code", "apig:appCodes:list"},
	{"CreateAppCodeV2", "app_code", "apig:appCodes:create"},
	{"CreateAppCodeAutoV2", "app_code", "apig:appCodes:create?"},
	{"DeleteAppCodeV2", "app_code", "apig:appCodes:delete?"},
	{"ListApisBindedToAppV2", "app_authorization", "apig:apps:listBindedApis"},
	{"ListAppsBindedToApiV2", "app_authorization", "apig:apis:listBindedApps"},
	{"CreateAuthorizingAppsV2", "app_authorization", "apig:apis:grantAppAccess"},
	{"CancelingAuthorizationV2", "app_authorization", "apig:apis:relieveAppAccess"},

	{"ListAppQuotas", "app_quota", ""},
	{"CreateAppQuota", "app_quota", ""},
	{"UpdateAppQuota", "app_quota", ""},
	{"DeleteAppQuota", "app_quota", ""},
	{"ListAppQuotaBoundApps", "app_quota_binding", ""},
	{"ShowAppBoundAppQuota", "app_quota_binding; quotas of apps: `explain`", ""},
	{"AssociateAppsForAppQuota", "app_quota_binding", ""},
	{"DisassociateAppQuotaWithApp", "app_quota_binding", ""},

	{"ListCustomAuthorizersV2", "authorizer", "apig:authorizers:list?"},
	{"CreateCustomAuthorizerV2", "authorizer", "apig:authorizers:create?"},
	{"UpdateCustomAuthorizerV2", "authorizer", "apig:authorizers:update?"},
	{"DeleteCustomAuthorizerV2", "authorizer", "apig:authorizers:delete?"},

	{"ListCertificatesV2", "certificate", "apig:certificates:list?"},
	{"ShowDetailsOfCertificateV2", "certificate", "apig:certificates:get?"},
	{"CreateCertificateV2", "certificate", "apig:certificates:create?"},
	{"UpdateCertificateV2", "certificate", "apig:certificates:update?"},
	{"DeleteCertificateV2", "certificate", "apig:certificates:delete?"},

	{"ListFeaturesV2", "feature", "apig:features:list"}, // and features that the files need: `doctor`
	{"CreateFeatureV2", "feature", "apig:features:create?"},

	{"ListVpcChannelsV2", "channel", "apig:vpcChannels:list?"},
	{"ShowDetailsOfVpcChannelV2", "channel", "apig:vpcChannels:get?"},
	{"CreateVpcChannelV2", "channel", "apig:vpcChannels:create?"},
	{"UpdateVpcChannelV2", "channel", "apig:vpcChannels:update?"},
	{"DeleteVpcChannelV2", "channel", "apig:vpcChannels:delete?"},

	{"ListOrchestrations", "orchestration", ""},
	{"ShowDetailsOfOrchestration", "orchestration", ""},
	{"CreateOrchestration", "orchestration", ""},
	{"UpdateOrchestration", "orchestration", ""},
	{"DeleteOrchestration", "orchestration", ""},

	{"ListApiGroupsV2", "group", "apig:groups:list"}, // and references to APIs
	{"CreateApiGroupV2", "group", "apig:groups:create?"},
	{"UpdateApiGroupV2", "group", "apig:groups:update?"},
	{"DeleteApiGroupV2", "group", "apig:groups:delete?"},
	{"UpdateSlDomainSettingV2", "group", "apig:groups:update?"},
	{"ListEnvironmentVariablesV2", "variable", "apig:variables:list?"},
	{"CreateEnvironmentVariableV2", "variable", "apig:variables:create?"},
	{"UpdateEnvironmentVariableV2", "variable", "apig:variables:update?"},
	{"DeleteEnvironmentVariableV2", "variable", "apig:variables:delete?"},
	{"ShowDetailsOfApiGroupV2", "domain", "apig:groups:get"}, // after a write of unclear outcome
	{"AssociateDomainV2", "domain", "apig:domains:create?"},
	{"UpdateDomainV2", "domain", "apig:domains:update?"},
	{"BatchAssociateCertsV2", "domain", "apig:domains:bindCertificate?"},
	{"BatchDisassociateCertsV2", "domain", "apig:domains:unbindCertificate?"},
	{"DisassociateDomainV2", "domain", "apig:domains:delete?"},
	{"ListGatewayResponsesV2", "gateway_response", "apig:gatewayResponses:list?"},
	{"ShowDetailsOfGatewayResponseV2", "gateway_response", "apig:gatewayResponses:get?"},
	{"CreateGatewayResponseV2", "gateway_response", "apig:gatewayResponses:create?"},
	{"UpdateGatewayResponseV2", "gateway_response", "apig:gatewayResponses:update?"},
	{"DeleteGatewayResponseV2", "gateway_response", "apig:gatewayResponses:delete?"},

	{"ListEnvironmentsV2", "environment", "apig:envs:list"}, // and references to APIs in other environments
	{"CreateEnvironmentV2", "environment", "apig:envs:create?"},
	{"UpdateEnvironmentV2", "environment", "apig:envs:update?"},
	{"DeleteEnvironmentV2", "environment", "apig:envs:delete?"},

	{"ListPlugins", "plugin", "apig:plugins:list?"},
	{"CreatePlugin", "plugin", "apig:plugins:create"},
	{"UpdatePlugin", "plugin", "apig:plugins:update?"},
	{"DeletePlugin", "plugin", "apig:plugins:delete?"},
	{"ListPluginAttachedApis", "plugin_binding", "apig:plugins:listBindedApis"},
	{"ListApiAttachedPlugins", "plugin_binding", "apig:apis:listBindedPlugins"},
	{"AttachApiToPlugin", "plugin_binding", "apig:apis:bindPlugins"},
	{"AttachPluginToApi", "plugin_binding", "apig:apis:bindPlugins"},
	{"DetachApiFromPlugin", "plugin_binding", "apig:apis:unbindPlugins"},
	{"DetachPluginFromApi", "plugin_binding", "apig:apis:unbindPlugins?"},

	{"ListSignatureKeysV2", "signature", "apig:signs:list?"},
	{"CreateSignatureKeyV2", "signature", "apig:signs:create?"},
	{"UpdateSignatureKeyV2", "signature", "apig:signs:update?"},
	{"DeleteSignatureKeyV2", "signature", "apig:signs:delete?"},
	{"ListApisBindedToSignatureKeyV2", "signature_binding", "apig:signs:listBindedApis?"},
	{"ListApisNotBoundWithSignatureKeyV2", "signature_binding", "apig:signs:listUnbindedApis?"},
	{"ListSignatureKeysBindedToApiV2", "signature_binding", "apig:apis:listBindedSigns?"},
	{"AssociateSignatureKeyV2", "signature_binding", "apig:apis:bindSigns?"},
	{"DisassociateSignatureKeyV2", "signature_binding", "apig:apis:unbindSigns?"},

	{"ListRequestThrottlingPolicyV2", "throttle", "apig:throttles:list"},
	{"CreateRequestThrottlingPolicyV2", "throttle", "apig:throttles:create"},
	{"UpdateRequestThrottlingPolicyV2", "throttle", "apig:throttles:update?"},
	{"DeleteRequestThrottlingPolicyV2", "throttle", "apig:throttles:delete"},
	{"ListSpecialThrottlingConfigurationsV2", "throttle_special", "apig:specialThrottles:get"},
	{"CreateSpecialThrottlingConfigurationV2", "throttle_special", "apig:specialThrottles:create"},
	{"UpdateSpecialThrottlingConfigurationV2", "throttle_special", "apig:specialThrottles:update?"},
	{"DeleteSpecialThrottlingConfigurationV2", "throttle_special", "apig:specialThrottles:delete"},
	{"ListApisBindedToRequestThrottlingPolicyV2", "throttle_binding", "apig:throttles:listBindedApis"},
	{"ListApisUnbindedToRequestThrottlingPolicyV2", "throttle_binding", "apig:throttles:listUnbindedApis?"},
	{"ListRequestThrottlingPoliciesBindedToApiV2", "throttle_binding", "apig:apis:listBindedTrottles"}, // as the vendor spells it
	{"AssociateRequestThrottlingPolicyV2", "throttle_binding", "apig:apis:bindThrottles"},
	{"BatchDisassociateThrottlingPolicyV2", "throttle_binding", "apig:apis:unbindThrottles"},

	{"ShowDetailsOfInstanceV2", "status and locks of the gateway: all commands that ask one", "apig:instances:get"},
	{"ListApisV2", "references to APIs", "apig:apis:list"},
	{"ListInstanceFeatures", "features that the files need: `drift`, `doctor`", ""},
	{"ListProjectCofigsV2", "quotas: `doctor`", ""},
	{"ShowDetailsOfDomainNameCertificateV2", "certificates: `drift`", "apig:domains:getCertificate"},
	{"ListLatelyGroupStatisticsV2", "calls of the last hour: `--traffic`", "apig:groups:get?"},
	{"ListLatelyApiStatisticsV2", "calls of the last hour: `--traffic`", "apig:apis:get"},
	{"ListApiVersionsV2", "which version of an API is live: `explain`", "apig:apis:get?"},
	{"ListApiVersionDetailV2", "the definition of a live API: `explain`", "apig:apis:get?"},
	{"ResettingAppSecretV2", "`rotate secret`", "apig:apps:update"},
	{"ListTraces", "who made a difference, from the audit trail (CTS): `drift --who`", "cts:trace:list"},
	{"KeystoneListProjects", "the project of a region, from IAM, if `--project-id` is not given", "iam:projects:listProjects?"},
}
