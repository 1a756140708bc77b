package icecast

import (
	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/emit"
	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/schema"
)

// numberField says which number of a document becomes which field.
type numberField[K ~uint8] struct {
	number K
	field  string
	rate   bool // bit/s, a float in the contract
}

var listenersFields = []numberField[sourceNode]{
	{srcPeak, schema.FieldPeak, false},
	{srcSlow, schema.FieldSlow, false},
	{srcMax, schema.FieldMax, false},
}

var mountFields = []numberField[sourceNode]{
	{srcBitrate, schema.FieldBitrate, true},
	{srcIncomingBitrate, schema.FieldIncomingBitrate, true},
	{srcOutgoingBitrate, schema.FieldOutgoingBitrate, true},
	{srcAudioBitrate, schema.FieldAudioBitrate, true},
	{srcAudioSamplerate, schema.FieldAudioSamplerate, false},
	{srcAudioChannels, schema.FieldAudioChannels, false},
	{srcBytesRead, schema.FieldTotalBytesRead, false},
	{srcBytesSent, schema.FieldTotalBytesSent, false},
	{srcListenerConnections, schema.FieldListenerConnections, false},
	{srcQueueSize, schema.FieldQueueSize, false},
}

var serverFields = []numberField[serverNode]{
	{srvListeners, schema.FieldListeners, false},
	{srvClients, schema.FieldClients, false},
	{srvSources, schema.FieldSources, false},
	{srvStats, schema.FieldStats, false},
	{srvConnections, schema.FieldConnections, false},
	{srvClientConnections, schema.FieldClientConnections, false},
	{srvListenerConnections, schema.FieldListenerConnections, false},
	{srvSourceClientConnections, schema.FieldSourceClientConnections, false},
	{srvSourceRelayConnections, schema.FieldSourceRelayConnections, false},
	{srvSourceTotalConnections, schema.FieldSourceTotalConnections, false},
	{srvFileConnections, schema.FieldFileConnections, false},
	{srvStatsConnections, schema.FieldStatsConnections, false},
	{srvBannedIPs, schema.FieldBannedIPs, false},
	{srvOutgoingBitrate, schema.FieldOutgoingBitrate, true},
	{srvBytesRead, schema.FieldStreamBytesRead, false},
	{srvBytesSent, schema.FieldStreamBytesSent, false},
}

// numberFields adds the numbers that are known.
func numberFields[K ~uint8](p *emit.Point, values *numbers[K], fields []numberField[K]) {
	for _, f := range fields {
		switch v := values[f.number]; {
		case v == unknown:
		case f.rate:
			p.Float(f.field, float64(v))
		default:
			p.Int(f.field, v)
		}
	}
}
