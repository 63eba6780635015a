"""When what has to be looked at again is looked at: names, intervals, and the use case that does it.

It holds no work: what a job finds is decided by the use case and by compare-and-set in the database.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Job:
    """One alarm. `action` names the callable that the bootstrap brings; `seconds` is the interval."""

    name: str
    seconds: int
    action: str


TIMETABLE: tuple[Job, ...] = (
    # Expiry is decided by the stored instant; the alarm only bounds how late it is noticed.
    Job("expire transactions whose time to close is over", 15, "expire"),
    Job("free the leases of workers that died", 20, "reap_leases"),
    Job("compare our clock with the time-stamping authorities'", 60, "check_clock"),
    Job("forget messages too old to be replayed", 600, "purge_replays"),
    Job("forget tasks that were done long ago", 600, "forget_done"),
    Job("extend custody by contract", 3600, "extend_by_contract"),
    Job("seal rows from before personal columns were", 60, "protect"),
    Job("make the key-encryption key of a new cohort", 3600, "rotate_keks"),
    Job("destroy key-encryption keys of purged cohorts", 6 * 3600, "shred"),
    Job("re-verify what is stored", 10, "fixity"),
    Job("take up what is new for re-verification", 1800, "enrol_fixity"),
    Job("purge what custody is over", 3600, "purge"),
    Job("end what is kept of refused submissions", 3600, "end_refusals"),
    Job("forget drafts whose time is over", 600, "forget_drafts"),
    # The deposit's own period decides; the alarm only bounds how late it is noticed.
    Job("make the deposit that is due, and send what has not arrived", 300, "deposit"),
    Job("renew evidence records before an authority or a digest ends", 6 * 3600, "renew_records"),
    Job("forget sessions of staff that are over", 3600, "end_sessions"),
    Job("remove exports that nobody took", 600, "end_exports"),
    Job("count what happened today, for the console's charts", 600, "roll_up"),
    Job("sweep blobs that no transaction owns", 6 * 3600, "sweep_orphans"),
    Job("remove uploads that no batch took in time", 600, "expire_uploads"),
    Job("end files of batches of which nothing is in custody", 3600, "forget_batches"),
    Job("take batches from the drop folder", 10, "drop"),
    Job("look again at reports of messages that nobody knew", 30, "match_reports"),
    Job("sweep spooled files that no batch has", 6 * 3600, "sweep_spool"),
)
