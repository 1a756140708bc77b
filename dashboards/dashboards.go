// Package dashboards holds the Grafana dashboards and alert rules, so that the tests of this project and whoever wants to ship
// them can read them.
package dashboards

import "embed"

// Files are overview.json, host.json, channel.json (Grafana's classic dashboard model) and alerts.yaml (provisioning of alert rules).
//
//go:embed overview.json host.json channel.json alerts.yaml
var Files embed.FS
