package notify

import (
	"encoding/json"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"
)

// service is a chat, or another receiver of messages.
type service struct {
	name string
	host *regexp.Regexp // matches host and path of its webhooks; nil matches any
	most int            // bytes of a text; 0 means no limit
	code string         // member of its answers that is 0 if it has accepted the message; "" if only the status says so
	form func(text string) any
}

// services are the services that are recognised by the form of their URLs. The last one is any other receiver. References:
//
//	slack     https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks/
//	teams     https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using
//	feishu    https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot
//	dingtalk  https://open.dingtalk.com/document/orgapp/custom-robot-access
//	wecom     https://developer.work.weixin.qq.com/document/path/91770
var services = []*service{
	{
		name: "slack", host: regexp.MustCompile(`^hooks\.slack(-gov)?\.com/|/services/T\w+/B\w+/\w+$`), most: 3000,
		form: func(text string) any {
			return map[string]any{"text": strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)}
		},
	},
	{
		name: "teams", host: regexp.MustCompile(`^[^/]*\.?(webhook\.office\.com|outlook\.office\.com|logic\.azure\.com|powerplatform\.com)(:\d+)?/|/webhookb2/|/triggers/manual/paths/invoke`), most: 8000,
		form: func(text string) any {
			card := map[string]any{
				"$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "type": "AdaptiveCard", "version": "1.4",
				"body": []any{map[string]any{"type": "TextBlock", "text": strings.ReplaceAll(text, "\n", "\n\n"), "wrap": true}},
			}
			return map[string]any{
				"type":        "message",
				"attachments": []any{map[string]any{"contentType": "application/vnd.microsoft.card.adaptive", "content": card}},
			}
		},
	},
	{
		name: "feishu", host: regexp.MustCompile(`^open\.(feishu\.cn|larksuite\.com)/|/open-apis/bot/v2/hook/`), most: 8000, code: "code",
		form: func(text string) any {
			return map[string]any{"msg_type": "text", "content": map[string]any{"text": strings.ReplaceAll(text, "<", "‹")}} // <at …> would notify people
		},
	},
	{
		name: "dingtalk", host: regexp.MustCompile(`^oapi\.dingtalk\.com/|/robot/send\?`), most: 8000, code: "errcode",
		form: func(text string) any {
			return map[string]any{"msgtype": "text", "text": map[string]any{"content": text}}
		},
	},
	{
		name: "wecom", host: regexp.MustCompile(`^qyapi\.weixin\.qq\.com/|/cgi-bin/webhook/send\?`), most: 2000, code: "errcode",
		form: func(text string) any {
			return map[string]any{"msgtype": "text", "text": map[string]any{"content": text}}
		},
	},
	{name: "json"},
}

func named(name string) *service {
	for _, s := range services {
		if s.name == name {
			return s
		}
	}
	return nil
}

func names() (out []string) {
	for _, s := range services {
		out = append(out, s.name)
	}
	return out
}

// recognised is the service whose webhooks have URLs of this form.
func recognised(u *url.URL) *service {
	where := strings.ToLower(u.Host) + u.Path
	if u.RawQuery != "" {
		where += "?"
	}
	for _, s := range services {
		if s.host == nil || s.host.MatchString(where) {
			return s
		}
	}
	return services[len(services)-1]
}

// body is a message in the form that the service accepts.
func (s *service) body(m Message) ([]byte, error) {
	text := m.Text
	if s.most > 0 && len(text) > s.most {
		text = cut(text, s.most-len("…")) + "…"
	}
	if s.form != nil {
		return json.Marshal(s.form(text))
	}
	out := map[string]any{}
	raw, err := json.Marshal(m.Data)
	if err == nil {
		err = json.Unmarshal(raw, &out)
	}
	if err != nil || out == nil {
		return nil, err
	}
	out["text"] = text
	return json.Marshal(out)
}

// cut is the beginning of a text: at most this many bytes, and only whole characters.
func cut(text string, most int) string {
	for most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	return text[:most]
}
