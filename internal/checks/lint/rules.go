package lint

// Rules are all rules, by their numbers.
var Rules = []*Rule{
	throttleNoUserLimit,
	aclPermitsAll,
	policyUnbound,
	apiUnprotected,
	throttleShadowed,
	secretInClear,
	lowEntropy,
	globMatchesNothing,
	nearDuplicate,
	aclDeniesAll,
	aclEntryRedundant,
	corsCredentials,
	ignoreLapsed,
	ignoreEndless,
	renameDone,
	commentUnused,
	commentBroken,
	channelUnchecked,
	channelWeightless,
	variableUnused,
	certificateEnding,
	domainOldTLS,
	debugDomain,
}
