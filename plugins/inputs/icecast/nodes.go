package icecast

import "github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/schema"

// reading is how the text of a node becomes a value.
type reading uint8

const (
	nothing   reading = iota
	asCount           // a number below 2^31
	asBytes           // a number of 63 bits
	asKilo            // times 1,024
	asBitrate         // kbit/s of 1,000 bits, free text of the source: only a plain number is read
	asLimit           // a number; "unlimited" and -1 say that there is none
	asText
	asStart  // an instant
	asFamily // only its presence says something: Icecast-KH
)

// node is one element of the allow-list: how it is read as a global and below a source.
type node struct {
	name   string
	server reading
	global serverNode
	source reading
	number sourceNode
	text   textNode
	iso    bool
}

// serverNode, sourceNode and textNode are the indexes of the values that are kept.
type (
	serverNode uint8
	sourceNode uint8
	textNode   uint8
)

const (
	srvListeners serverNode = iota
	srvClients
	srvSources
	srvStats
	srvConnections
	srvClientConnections
	srvListenerConnections
	srvSourceClientConnections
	srvSourceRelayConnections
	srvSourceTotalConnections
	srvFileConnections
	srvStatsConnections
	srvBannedIPs
	srvOutgoingBitrate
	srvBytesRead
	srvBytesSent
)

const (
	srcListeners sourceNode = iota
	srcPeak
	srcSlow
	srcMax
	srcListenerConnections
	srcBytesRead
	srcBytesSent
	srcIncomingBitrate
	srcOutgoingBitrate
	srcBitrate
	srcAudioBitrate
	srcAudioSamplerate
	srcAudioChannels
	srcQueueSize
)

const (
	txtTitle textNode = iota
	txtArtist
	txtServerName
	txtServerDescription
	txtGenre
	txtContentType
	txtSourceIP
	txtUserAgent
	txtListenURL
	textNodes
)

// nodes is everything that is read of stats. Sources: stats.c, source.c and format_*.c of the three families; which
// family has which is in the documentation of the metrics.
var nodes = [...]node{
	{name: "source"},
	{name: "listeners", server: asCount, global: srvListeners, source: asCount, number: srcListeners},
	{name: "clients", server: asCount, global: srvClients},
	{name: "sources", server: asCount, global: srvSources},
	{name: "stats", server: asCount, global: srvStats},
	{name: "connections", server: asBytes, global: srvConnections},
	{name: "client_connections", server: asBytes, global: srvClientConnections},
	{name: "listener_connections", server: asBytes, global: srvListenerConnections, source: asBytes, number: srcListenerConnections},
	{name: "source_client_connections", server: asBytes, global: srvSourceClientConnections},
	{name: "source_relay_connections", server: asBytes, global: srvSourceRelayConnections},
	{name: "source_total_connections", server: asBytes, global: srvSourceTotalConnections},
	{name: "file_connections", server: asBytes, global: srvFileConnections},
	{name: "stats_connections", server: asBytes, global: srvStatsConnections},
	{name: "banned_IPs", server: asCount, global: srvBannedIPs},
	{name: "outgoing_kbitrate", server: asKilo, global: srvOutgoingBitrate, source: asKilo, number: srcOutgoingBitrate},
	{name: "stream_kbytes_read", server: asKilo, global: srvBytesRead},
	{name: "stream_kbytes_sent", server: asKilo, global: srvBytesSent},
	{name: "build", server: asFamily},
	{name: "server_id", server: asText},
	{name: "server_start", server: asStart},
	{name: "server_start_iso8601", server: asStart, iso: true},
	{name: "listener_peak", source: asCount, number: srcPeak},
	{name: "slow_listeners", source: asCount, number: srcSlow},
	{name: "max_listeners", source: asLimit, number: srcMax},
	{name: "total_bytes_read", source: asBytes, number: srcBytesRead},
	{name: "total_bytes_sent", source: asBytes, number: srcBytesSent},
	{name: "incoming_bitrate", source: asBytes, number: srcIncomingBitrate},
	{name: "bitrate", source: asBitrate, number: srcBitrate},
	{name: "audio_bitrate", source: asBytes, number: srcAudioBitrate},
	{name: "audio_samplerate", source: asCount, number: srcAudioSamplerate},
	{name: "mpeg_samplerate", source: asCount, number: srcAudioSamplerate},
	{name: "audio_channels", source: asCount, number: srcAudioChannels},
	{name: "mpeg_channels", source: asCount, number: srcAudioChannels},
	{name: "queue_size", source: asBytes, number: srcQueueSize},
	{name: "stream_start", source: asStart},
	{name: "stream_start_iso8601", source: asStart, iso: true},
	{name: "title", source: asText, text: txtTitle},
	{name: "artist", source: asText, text: txtArtist},
	{name: "server_name", source: asText, text: txtServerName},
	{name: "server_description", source: asText, text: txtServerDescription},
	{name: "genre", source: asText, text: txtGenre},
	{name: "server_type", source: asText, text: txtContentType},
	{name: "source_ip", source: asText, text: txtSourceIP},
	{name: "user_agent", source: asText, text: txtUserAgent},
	{name: "listenurl", source: asText, text: txtListenURL},
}

// sourceElement is the scanner's ID of <source>, the first of nodes.
const sourceElement = 1

// nodeNames are the names of nodes, in the same order: a node's ID is its index + 1.
func nodeNames() []string {
	names := make([]string, len(nodes))
	for i := range nodes {
		names[i] = nodes[i].name
	}
	return names
}

// metadataFields are the fields of the metadata measurement, by their text.
var metadataFields = [textNodes]string{
	txtTitle:             schema.FieldTitle,
	txtArtist:            schema.FieldArtist,
	txtServerName:        schema.FieldServerName,
	txtServerDescription: schema.FieldServerDescription,
	txtGenre:             schema.FieldGenre,
	txtContentType:       schema.FieldContentType,
	txtSourceIP:          schema.FieldSourceIP,
	txtUserAgent:         schema.FieldUserAgent,
	txtListenURL:         schema.FieldListenURL,
}
