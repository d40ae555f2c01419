"""Compresses the parts of an order, with a dictionary of what all orders have in common.

JSON of a few hundred bytes is mostly names; the dictionary has them, so what is left is what tells
one order from another. The compressed text names its dictionary by a checksum.
"""

import zlib

_COMMON = b"""\
"note":"","whitelabel_name":"","ipv4":null,"ipv6":null,"live_data_session":"disconnected",\
"pin":null,"puk":null,"current_imei":null,"current_mcc":null,"current_mnc":null,\
"current_device_location":null,{"at":"2026-","event":"attempt_not_sent","by":"U0",\
"state":"needs_attention","detail":""},"event":"cancelled","state":"cancelled",\
"event":"declined","state":"declined","event":"expired","state":"expired",\
"event":"attempt_refused","state":"refused","event":"looked_up","state":"in_doubt",\
"state":"partly_purchased","event":"attempt_unknown","event":"voted","errors":[{"code":"",\
"title":"","detail":"","pointer":"","remedy":"later_or_fewer"}],"lookups":[{"at":"2026-",\
"found":0,"why":""}],"outcome":"unknown","why":"","retry_after":1.0,"turned_away":true,\
"too_late":true,"rest_of":"","rest":"","wish":{"by":"U0","at":"2026-"},"status":"enabled",\
"monthly":{"cents":200,"firm":true},"revision":2,"quorum":2,{"schema_number":5,"workspace":"T0",\
"provider":"telnyx","request":{"provider":"telnyx","amount":1,"options":{"tags":[""],\
"status":"standby"},"chosen":["tags"]},"requester":"U0","channel":"C0",\
"terms":{"approval_expires":14400.0,"batch_size":100,"lookup_delays":[5.0,15.0,45.0,120.0,300.0],\
"send_delays":[2.0,10.0,30.0,60.0,120.0]},"quote":{"once":{"cents":70,"currency":"USD"},\
"monthly":{"cents":20,"currency":"USD"}},"requirement":{"approvers":["U0"]},"votes":[{"by":"U0",\
"at":"2026-","revision":1}],"state":"purchased","created_at":"2026-","due_at":"2026-",\
"history":[{"at":"2026-","event":"placed","by":"U0","state":"awaiting_approval"},{"at":"2026-",\
"event":"approved","by":"U0","state":"approved"},{"at":"2026-","event":"attempt_started",\
"by":"bot","state":"purchasing"},{"at":"2026-","event":"attempt_bought","by":"bot",\
"state":"purchased"}]}{"number":1,"quantity":5,"reference":"esim-","shares_tag":true,\
"started_at":"2026-","ended_at":"2026-","outcome":"bought"}
{"iccid":"89","provider_id":"","status":"registering"}\t{"id":"","record_type":"sim_card",\
"type":"esim","status":{"value":"standby","reason":""},"status":{"value":"registering",\
"reason":"The SIM card is being registered."},"iccid":"89","imsi":"310240","msisdn":"+1",\
"sim_card_group_id":"","tags":["","esim-"],"data_limit":{"amount":"2048.0","unit":"MB"},\
"current_billing_period_consumed_data":{"amount":"0.0","unit":"MB"},"actions_in_progress":true,\
"created_at":"2026-","updated_at":"2026-","esim_installation_status":"released","version":"4.3",\
"resources_with_in_progress_actions":[],"eid":null,"authorized_imeis":[],"voice_enabled":false}\
"""
"""Parts of stored orders as they mostly look, those that every order has at the end.

What it has compressed can be read with it alone: never change it; a new one is added beside it.
"""
_LEVEL = 9
_CHECKSUM = zlib.adler32(_COMMON).to_bytes(4, "big")
_HEAD = 6
"""Bytes before what is compressed: two of zlib, and the checksum where there is a dictionary."""
_ZLIB = 0x78
"""The first byte of what zlib has compressed."""
_DICTIONARY = 0x20
"""The bit of the second byte that says so."""


def packed(text: bytes) -> bytes:
    """The text, compressed."""
    packing = zlib.compressobj(_LEVEL, zdict=_COMMON)
    return packing.compress(text) + packing.flush()


def unpacked(data: bytes) -> bytes:
    """The text that was compressed, with the dictionary or without. Raises zlib.error."""
    unpacking = zlib.decompressobj(zdict=_COMMON)
    text = unpacking.decompress(data)
    if not unpacking.eof:
        raise zlib.error("a part of it is missing")
    return text


def is_of_another_dictionary(data: bytes) -> bool:
    """Whether it was compressed with a dictionary that this version does not know."""
    has_one = len(data) >= _HEAD and data[0] == _ZLIB and bool(data[1] & _DICTIONARY)
    return has_one and data[2:_HEAD] != _CHECKSUM
