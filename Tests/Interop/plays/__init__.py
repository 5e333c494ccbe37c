"""The plays, in the order in which they run."""

from . import (burst_in, cpim_linphone, edited_row, federation_bidi, federation_dialback, federation_ejabberd,
               federation_hostile, federation_many, federation_prosody, federation_refused, federation_restarts,
               federation_stage, kill_nine_prosody, large_messages, presence_compose, presence_kamailio,
               presence_linphone, presence_many, presence_moods, presence_pjsua, presence_publish, presence_watchers,
               receipts_linphone, refusals_in, refusals_out, sync_before_answer, text_pjsua)

ALL = [text_pjsua, cpim_linphone, receipts_linphone, burst_in, large_messages, refusals_in, refusals_out, edited_row,
       presence_pjsua, presence_linphone, presence_kamailio, presence_publish, presence_watchers, presence_compose,
       presence_moods, presence_many, sync_before_answer, kill_nine_prosody, federation_stage, federation_prosody,
       federation_ejabberd, federation_dialback, federation_bidi, federation_refused, federation_restarts,
       federation_hostile, federation_many]
