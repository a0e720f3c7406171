package sdktest

import (
	"encoding/json"
	"testing"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/apig/v2/model"
)

func corsDemo(content string) *model.PluginCreate {
	return &model.PluginCreate{
		PluginName: "plugin_demo", PluginType: model.GetPluginCreatePluginTypeEnum().CORS,
		PluginScope: model.GetPluginCreatePluginScopeEnum().GLOBAL, PluginContent: content, Remark: new("Plugin"),
	}
}

const release = "DEFAULT_ENVIRONMENT_RELEASE_ID"

// TestPlugin creates, updates, reads, lists and deletes a plugin, whose content gets defaults.
func TestPlugin(t *testing.T) {
	c := newClient(t)
	made := call(c, c.CreatePlugin, model.CreatePluginRequest{InstanceId: instance, Body: corsDemo(`{"allow_origin":"*","allow_methods":"GET,POST","max_age":172800}`)})
	var content map[string]any
	if err := json.Unmarshal([]byte(*made.PluginContent), &content); err != nil || content["max_age"] != 172800.0 || content["allow_credentials"] != false {
		t.Errorf("created with %s: %v", *made.PluginContent, err)
	}
	put := call(c, c.UpdatePlugin, model.UpdatePluginRequest{InstanceId: instance, PluginId: *made.PluginId, Body: corsDemo(`{"allow_origin":"https://a.example.com"}`)})
	read := call(c, c.ShowPlugin, model.ShowPluginRequest{InstanceId: instance, PluginId: *made.PluginId})
	if *put.PluginContent != *read.PluginContent || *put.PluginContent == *made.PluginContent {
		t.Errorf("updated to %s, read %s", *put.PluginContent, *read.PluginContent)
	}
	all := call(c, c.ListPlugins, model.ListPluginsRequest{InstanceId: instance, PluginType: new("cors")})
	if all.Total != 1 {
		t.Errorf("listed: %v", all)
	}
	refused(c, c.CreatePlugin, model.CreatePluginRequest{InstanceId: instance, Body: corsDemo(`{"allow_origin":"*"}`)}, 400, "APIG.3326")
	call(c, c.DeletePlugin, model.DeletePluginRequest{InstanceId: instance, PluginId: *made.PluginId})
}

// TestPluginAttachment attaches a plugin from the sides of the plugin and of the API, reads both lists, and detaches it.
func TestPluginAttachment(t *testing.T) {
	c := newClient(t)
	plugin := *call(c, c.CreatePlugin, model.CreatePluginRequest{InstanceId: instance, Body: corsDemo(`{"allow_origin":"*"}`)}).PluginId
	api, other := *c.api("create_order").Id, *c.api("get_order").Id
	attached := *call(c, c.AttachApiToPlugin, model.AttachApiToPluginRequest{InstanceId: instance, PluginId: plugin, Body: &model.PluginOperApiInfo{EnvId: release, ApiIds: []string{api}}}).AttachedPlugins
	if len(attached) != 1 || *attached[0].ApiName != "create_order" || attached[0].PluginType.Value() != "cors" {
		t.Fatalf("attached: %v", attached)
	}
	call(c, c.AttachPluginToApi, model.AttachPluginToApiRequest{InstanceId: instance, ApiId: other, Body: &model.ApiOperPluginInfo{EnvId: release, PluginIds: []string{plugin}}})
	apis := call(c, c.ListPluginAttachedApis, model.ListPluginAttachedApisRequest{InstanceId: instance, PluginId: plugin})
	plugins := call(c, c.ListApiAttachedPlugins, model.ListApiAttachedPluginsRequest{InstanceId: instance, ApiId: api})
	staging := call(c, c.ListPluginAttachableApis, model.ListPluginAttachableApisRequest{InstanceId: instance, PluginId: plugin, EnvId: release})
	could := call(c, c.ListApiAttachablePlugins, model.ListApiAttachablePluginsRequest{InstanceId: instance, ApiId: api, EnvId: new(release)})
	if apis.Total != 2 || *(*apis.Apis)[0].PluginAttachId != *attached[0].PluginAttachId || plugins.Total != 1 || staging.Total != 0 || could.Total != 0 {
		t.Errorf("APIs %v, plugins %v, attachable %v and %v", apis, plugins, staging, could)
	}
	refused(c, c.DeletePlugin, model.DeletePluginRequest{InstanceId: instance, PluginId: plugin}, 409, "APIG.3462")
	call(c, c.DetachApiFromPlugin, model.DetachApiFromPluginRequest{InstanceId: instance, PluginId: plugin, Body: &model.PluginOperApiInfo{EnvId: release, ApiIds: []string{api}}})
	call(c, c.DetachPluginFromApi, model.DetachPluginFromApiRequest{InstanceId: instance, ApiId: other, Body: &model.ApiOperPluginInfo{EnvId: release, PluginIds: []string{plugin}}})
	call(c, c.DeletePlugin, model.DeletePluginRequest{InstanceId: instance, PluginId: plugin})
}
